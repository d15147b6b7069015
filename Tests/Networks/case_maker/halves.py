"""Cases of float16: models that compute with it, whole or between conversions."""

import numpy as np
from onnx import TensorProto, numpy_helper

from .graph import IMAGE, SAME, CaseGraph


class HalfCase(CaseGraph):
    """A case whose numbers are all float16, its inputs and answers too."""

    def input(self, shape):
        name = super().input(shape)
        self.inputs[name] = self.inputs[name].astype(np.float16)
        return name

    def constant(self, values):
        values = np.asarray(values)
        return super().constant(values.astype(np.float16) if values.dtype.kind == "f" else values)

    def model(self, shapes):
        model = super().model(shapes)
        for port in [*model.graph.input, *model.graph.output]:
            port.type.tensor_type.elem_type = TensorProto.FLOAT16
        return model


class InnerHalfCase(CaseGraph):
    """A case whose inputs and answers are float32 and all else float16."""

    def constant(self, values):
        values = np.asarray(values)
        return super().constant(values.astype(np.float16) if values.dtype.kind == "f" else values)

    def narrow(self, x):
        return self.cast(x, TensorProto.FLOAT16)

    def wide(self, x):
        return self.cast(x, TensorProto.FLOAT)

    def cast(self, x, kind):
        y = self.op("Cast", x, to=kind)
        self.channels[y] = self.channels.get(x)
        return y


def layers(g, x):
    """Layers with batch norms, a residual, a gate, pools, a concatenation and a linear layer."""
    x = g.relu(g.batch_norm(g.conv(x, 13, bias=True, **SAME)))
    y = g.op("Add", x, g.batch_norm(g.conv(x, 13, group=13, **SAME)))
    y = g.op("Mul", y, g.op("Sigmoid", g.conv(y, 13, kernel=(1, 1))))
    y = g.op("MaxPool", y, kernel_shape=(2, 2), strides=(1, 2))
    y = g.concat(y, g.conv(y, 9, kernel=(1, 1)))
    return g.linear(g.flatten(g.op("GlobalAveragePool", y), 22), 7)


def halves():
    """Networks of float16 at their ends or only within, and single operators of it."""
    g = HalfCase("half_layers", IMAGE)
    yield g.end(layers(g, g.x))
    g = InnerHalfCase("half_within", IMAGE)
    yield g.end(g.wide(layers(g, g.narrow(g.x))))
    g = InnerHalfCase("half_twice", IMAGE)
    middle = g.wide(g.relu(g.batch_norm(g.conv(g.narrow(g.x), 8, **SAME))))
    yield g.end(g.wide(g.batch_norm(g.conv(g.narrow(middle), 5, kernel=(2, 2)))), middle)
    g = HalfCase("half_transposed_resized", IMAGE)
    y = g.transposed(g.x, 6, strides=[2, 2])
    scales = numpy_helper.from_array(np.asarray([1, 1, 2, 2], np.float32), "scales")
    g.initializers.append(scales)
    yield g.end(g.op("Resize", y, None, "scales", mode="linear"))
    g = HalfCase("half_softmax", (3, 17))
    yield g.end(g.op("Softmax", g.op("MatMul", g.x, g.normal(17, 11, scale=0.3))), g.op("ReduceMax", g.x, axes=[1]))
    g = HalfCase("half_moved", (2, 3, 4))
    yield g.end(g.op("Transpose", g.concat(g.x, g.x, axis=2), perm=[2, 0, 1]))
