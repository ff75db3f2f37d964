"""Every service dies at every hand-over of every operation, and what becomes of the VM.

``points`` names where, ``service`` is how a service is started so that it can die there, ``gate``
kills. `operations` are what is done meanwhile, `judge` looks, `cells` puts a cell together, and
`table` writes down what came of it.
"""
