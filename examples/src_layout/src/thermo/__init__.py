from thermo.calibration import Calibration

__all__ = ["Calibration"]
