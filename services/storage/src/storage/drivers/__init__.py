"""The types of SR that Warren serves: for each there is a module here, and a row in the table."""

from storage.drivers.driver import Driver

DRIVERS: dict[str, Driver] = {}
