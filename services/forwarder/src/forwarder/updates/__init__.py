"""What hosts tell by themselves."""
