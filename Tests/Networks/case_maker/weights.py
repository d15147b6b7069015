"""Weights that several layers share, and weights that the model stores in fewer bytes than float32."""

import numpy as np
from onnx import TensorProto, helper

from .graph import CaseGraph

BATCH_NORM = dict(scale=(0.5, 1.5), shift=(0.1, 0.6), mean=(-0.3, 0.3), variance=(0.3, 2))


class SharedLayers:
    """Layers with batch norms whose weights are there once, to be applied several times."""

    def __init__(self, g):
        self.g = g
        self.stem = self.weights(16, 3, 3, 3)
        self.depthwise = self.weights(16, 1, 3, 3)
        self.dense = self.weights(24, 16, 3, 3)
        self.head = self.weights(5, 24)
        self.norms = [self.norm(16), self.norm(16), self.norm(24), self.norm(5)]

    def weights(self, *shape):
        return self.g.constant(self.g.normal(*shape, scale=np.prod(shape[1:]) ** -0.5))

    def norm(self, count):
        return [self.g.constant(self.g.random.uniform(*limits, count).astype(np.float32)) for limits in BATCH_NORM.values()]

    def __call__(self, x):
        g = self.g
        same = dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        x = g.relu(g.op("BatchNormalization", g.op("Conv", x, self.stem, **same), *self.norms[0]))
        x = g.relu(g.op("BatchNormalization", g.op("Conv", x, self.depthwise, group=16, **same), *self.norms[1]))
        x = g.relu(g.op("BatchNormalization", g.op("Conv", x, self.dense, **same), *self.norms[2]))
        x = g.op("Flatten", g.op("GlobalAveragePool", x))
        return g.op("BatchNormalization", g.op("Gemm", x, self.head, transB=1), *self.norms[3])


def shared_weights():
    """The branches of siamese networks: on images of one size, and of two."""
    for name, other in (("weights_shared", (1, 3, 16, 16)), ("weights_shared_by_sizes", (1, 3, 9, 11))):
        g = CaseGraph(name, (1, 3, 16, 16), other)
        layers = SharedLayers(g)
        first, second = layers("input_0"), layers("input_1")
        yield g.end(g.op("Sub", first, second))


class NarrowCase(CaseGraph):
    """A case whose weights are stored as numbers of 8 or 16 bits. Weights are real numbers made of them."""

    def __init__(self, name, store, *shapes, opset=21):
        super().__init__(name, *shapes, opset=opset)
        self.store = store
        #: appended to every layer
        self.after = lambda y: y

    def stored(self, *shape, axis=0):
        return self.store(self, self.normal(*shape, scale=(np.prod(shape) / shape[axis]) ** -0.5), axis)

    def layers(self):
        """Every linear operator, with channels that are no whole vectors."""
        x = self.after(self.conv(self.x, 7, weight=self.stored(7, 3, 3, 3), pads=[1, 1, 1, 1], bias=True))
        x = self.after(self.conv(x, 7, group=7, weight=self.stored(7, 1, 3, 3), bias=True))
        x = self.after(self.conv(x, 38, (1, 1), weight=self.stored(38, 7, 1, 1)))
        x = self.after(self.conv(x, 34, (2, 2), group=2, weight=self.stored(34, 19, 2, 2), bias=True))
        y = self.op("ConvTranspose", x, self.stored(34, 4, 3, 3, axis=1), strides=[2, 2])
        self.channels[y] = 4
        y = self.after(y)
        z = self.op("ConvTranspose", y, self.stored(4, 3, 2, 2, axis=1), group=2, strides=[1, 2])
        self.channels[z] = 6
        features = 6 * 6 * 14
        x = self.op("Gemm", self.flatten(z, features), self.stored(21, features), self.normal(21), transB=1)
        self.channels[x] = 21
        x = self.op("MatMul", self.after(x), self.stored(21, 18, axis=1))
        return self.end(x)


def integers(kind, zero_point=False, per_channel=True):
    """Stores as integers with scales, as QuantizeLinear makes them."""
    limits = np.iinfo(kind)

    def store(g, values, axis):
        others = tuple(i for i in range(values.ndim) if i != axis) if per_channel else None
        low, high = values.min(axis=others, keepdims=True), values.max(axis=others, keepdims=True)
        if zero_point:
            scale = (high - low) / (int(limits.max) - int(limits.min))
            zero = np.round(limits.min - low / scale)
        else:
            scale = np.maximum(high, -low) / limits.max
            zero = np.zeros_like(scale)
        codes = np.clip(np.round(values / scale) + zero, limits.min, limits.max).astype(kind)
        if not per_channel:
            return g.op("DequantizeLinear", codes, scale.reshape(()), zero.reshape(()).astype(kind))
        return g.op("DequantizeLinear", codes, scale.reshape(-1), zero.reshape(-1).astype(kind), axis=axis)

    return store


def float16(g, values, axis):
    return g.op("Cast", values.astype(np.float16), to=TensorProto.FLOAT)


def bfloat16(g, values, axis):
    bits = (values.view(np.uint32) >> 16).astype(np.uint16)
    name = f"weight_{len(g.initializers)}"
    g.initializers.append(helper.make_tensor(name, TensorProto.BFLOAT16, values.shape, bits.tobytes(), raw=True))
    return g.op("Cast", name, to=TensorProto.FLOAT)


IMAGE = (1, 3, 5, 6)


def narrow_weights():
    """Every linear operator with weights of 8 and 16 bits, alone and with batch norms, which their scales take up."""
    stores = {
        "int8": integers(np.int8),
        "int8_one_scale": integers(np.int8, per_channel=False),
        "uint8": integers(np.uint8, zero_point=True),
        "uint8_one_scale": integers(np.uint8, zero_point=True, per_channel=False),
        "int16": integers(np.int16),
        "uint16": integers(np.uint16, zero_point=True),
        "float16": float16,
        "bfloat16": bfloat16,
    }
    for name, store in stores.items():
        yield NarrowCase(f"weights_{name}", store, IMAGE).layers()
    for name in ("int8", "uint8", "float16"):
        g = NarrowCase(f"weights_{name}_batch_norm", stores[name], IMAGE)
        g.after = g.batch_norm
        yield g.layers()
    g = NarrowCase("weights_int8_parametric_relu", stores["int8"], IMAGE)
    g.after = lambda y: g.op("PRelu", y, np.abs(g.normal(g.channels[y], 1, 1)))
    x = g.after(g.conv(g.x, 18, weight=g.stored(18, 3, 3, 3), pads=[1, 1, 1, 1]))
    yield g.end(g.after(g.conv(x, 18, group=18, weight=g.stored(18, 1, 3, 3))))
    g = NarrowCase("weights_int8_transposed", stores["int8"], (4, 13))
    yield g.end(g.op("MatMul", g.x, g.op("Transpose", g.stored(18, 13), perm=[1, 0])))
    g = NarrowCase("weights_int8_conv1d", stores["int8"], (2, 5, 17))
    yield g.end(g.op("Conv", g.x, g.stored(18, 5, 3), g.normal(18)))
    g = NarrowCase("weights_int8_conv3d", stores["int8"], (1, 3, 4, 5, 6))
    x = g.op("Conv", g.x, g.stored(18, 3, 3, 3, 3))
    yield g.end(g.op("ConvTranspose", x, g.stored(18, 2, 2, 3, 3, axis=1), strides=[1, 2, 1]))
    # Scales that differ along the input channels, or in blocks, don't stay.
    g = NarrowCase("weights_int8_not_narrow", lambda g, values, axis: integers(np.int8)(g, values, 1), IMAGE)
    x = g.conv(g.x, 18, weight=g.stored(18, 3, 3, 3))
    codes = g.random.integers(-127, 128, (20, 18, 1, 1)).astype(np.int8)
    blocks = np.abs(g.normal(5, 18, 1, 1)) / 500
    yield g.end(g.conv(x, 20, (1, 1), weight=g.op("DequantizeLinear", codes, blocks, axis=0, block_size=4)))


def integer_products():
    """Matrix products of quantised numbers by weights."""
    for rank, shape in ((2, (4, 13)), (3, (2, 4, 13))):
        g = CaseGraph(f"weights_integer_products_{rank}d", shape, opset=21)
        q = g.op("QuantizeLinear", g.x, np.float32(0.02), np.array(117, np.uint8))
        codes = g.random.integers(-127, 128, (13, 18)).astype(np.int8)
        zeros = g.random.integers(-9, 9, 18).astype(np.int8)
        sums = g.op("Cast", g.op("MatMulInteger", q, codes, np.array(117, np.uint8), zeros), to=TensorProto.FLOAT)
        scales = (np.abs(g.normal(18)) / 99 + np.float32(0.001)).astype(np.float32)
        product = g.op(
            "QLinearMatMul", q, np.float32(0.02), np.array(117, np.uint8), codes, scales, zeros, np.float32(0.05), np.array(131, np.uint8))
        yield g.end(sums, g.op("DequantizeLinear", product, np.float32(0.05), np.array(131, np.uint8)))
