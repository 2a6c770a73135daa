from thermo import Calibration


class Thermocouple:
    """A thermocouple behind an ADC that counts millivolts."""

    def __init__(self, read_millivolts, kind="type_k"):
        self.read_millivolts = read_millivolts
        self.calibration = Calibration(kind)

    def read(self):
        return self.calibration.celsius(self.read_millivolts())
