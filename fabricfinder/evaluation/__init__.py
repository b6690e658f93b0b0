"""How well cloth is found: tie-aware metrics, protocols, baselines and calibration, in numpy."""
