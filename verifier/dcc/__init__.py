"""Digital Calibration Certificates (DCC): PTB schema 3.3.0, quantities in D-SI; written nowhere else."""
