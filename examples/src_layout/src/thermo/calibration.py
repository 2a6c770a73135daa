import pkg_resources


class Calibration:
    """Millivolts to degrees Celsius, by a table of `mV,°C` lines."""

    def __init__(self, name):
        with pkg_resources.resource_stream("thermo", "data/" + name + ".csv") as stream:
            lines = stream.read().decode().split("\n")
        self.points = [tuple(map(float, line.split(","))) for line in lines if line]

    def celsius(self, millivolts):
        before = self.points[0]
        for point in self.points[1:]:
            if millivolts <= point[0]:
                share = (millivolts - before[0]) / (point[0] - before[0])
                return before[1] + share * (point[1] - before[1])
            before = point
        return before[1]
