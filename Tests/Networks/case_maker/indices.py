"""Places that indices name: computed ones, constant ones, and those that are ranges; the largest elements in order."""

import numpy as np

from .graph import SAME, CaseGraph


def indices():
    yield from picked()
    yield from placed()
    yield from ranked()


def computed(g, values, dtype=np.int64):
    """Indices that nothing knows before run time: an input, rounded."""
    values = np.asarray(values)
    name = g.input(values.shape)
    g.inputs[name] = values.astype(np.float32)
    return g.op("Cast", name, to=7 if dtype == np.int64 else 6)


def picked():
    for axis, shape in ((0, (2, 5)), (1, (4, 7)), (-1, (3, 2))):
        for known in (False, True):
            g = CaseGraph(f"index_gather_elements_axis{axis}_{'constant' if known else 'computed'}", (4, 5))
            extent = (4, 5)[axis]
            numbers = g.random.integers(-extent, extent, shape)
            yield g.end(g.op("GatherElements", g.x, numbers if known else computed(g, numbers), axis=axis))
    g = CaseGraph("index_gather_elements_image", (2, 3, 4, 5))
    y = g.relu(g.conv(g.x, 6, **SAME))
    y = g.op("GatherElements", y, computed(g, g.random.integers(0, 6, (2, 3, 4, 5)), np.int32), axis=1)
    g.channels[y] = 3
    yield g.end(g.conv(y, 4, (1, 1)))
    g = CaseGraph("index_gather_elements_range", (2, 3, 4, 5))
    y = g.conv(g.x, 6, (1, 1))
    numbers = np.broadcast_to(np.arange(5, -1, -2).reshape(1, 3, 1, 1), (2, 3, 4, 5)).copy()
    yield g.end(g.op("GatherElements", y, numbers, axis=1))

    for name, data, tuples, batch in [
        ("rows", (4, 5), (3, 1), 0),
        ("elements", (4, 5), (2, 3, 2), 0),
        ("batch", (2, 4, 5), (2, 3, 1), 1),
        ("batch2", (2, 3, 4, 5), (2, 3, 2, 2), 2),
        ("slices", (3, 4, 2, 5), (2, 2, 2), 0),
        ("rank7", (2, 1, 3, 2, 2, 2, 3), (4, 6), 0),
    ]:
        for known in (False, True):
            g = CaseGraph(f"index_gather_nd_{name}_{'constant' if known else 'computed'}", data)
            extents = np.array(data[batch:][: tuples[-1]])
            numbers = g.random.integers(-extents, extents, tuples)
            yield g.end(g.op("GatherND", g.x, numbers if known else computed(g, numbers), batch_dims=batch))
    for name, rows, columns in [
        ("range", np.arange(1, 6, 2), np.arange(3)),
        ("reversed_range", np.arange(5, -1, -2), np.arange(1, 4)),
        ("one_row", np.array([4]), np.arange(4)),
        ("twice_not_range", np.array([1, 1, 3]), np.arange(2)),
        ("uneven_not_range", np.array([0, 1, 3]), np.arange(2)),
    ]:
        g = CaseGraph(f"index_gather_nd_{name}", (6, 4, 3))
        grid = np.stack(np.meshgrid(rows, columns, indexing="ij"), -1)
        yield g.end(g.op("GatherND", g.x, grid))
        g = CaseGraph(f"index_scatter_nd_{name}", (6, 4, 3))
        updates = g.normal(len(rows), len(columns), 3)
        yield g.end(g.op("ScatterND", g.relu(g.x), grid, updates))
    g = CaseGraph("index_gather_nd_swapped_not_range", (3, 4))
    yield g.end(g.op("GatherND", g.x, np.stack(np.meshgrid(np.arange(3), np.arange(4), indexing="xy"), -1)))
    g = CaseGraph("index_gather_range", (1, 3, 4, 5))
    y = g.conv(g.x, 6, (1, 1))
    y = g.op("Gather", y, np.array([1, 3, 5]), axis=1)
    g.channels[y] = 3
    y = g.conv(y, 4, (1, 1))
    yield g.end(y, g.op("Gather", y, np.array(2), axis=2), g.op("Gather", y, np.array([[0, 1], [2, 3]]), axis=3))


def placed():
    for reduction in ("none", "add", "mul", "min", "max"):
        g = CaseGraph(f"index_scatter_elements_{reduction}", (4, 5), opset=18)
        numbers = g.random.integers(-5, 5, (3, 4)) if reduction != "none" else np.array(
            [[0, -1, 2, 1], [4, 3, 1, 0], [-3, 0, 1, 4]])
        updates = g.input((3, 4))
        y = g.op("ScatterElements", g.relu(g.x), computed(g, numbers), updates, axis=1, reduction=reduction)
        z = g.op("ScatterElements", g.relu(g.x), numbers, updates, axis=1, reduction=reduction)
        yield g.end(y, z)
        g = CaseGraph(f"index_scatter_nd_{reduction}", (4, 3, 5), opset=18)
        numbers = g.random.integers(-4, 4, (6, 1)) if reduction != "none" else np.array([[3], [-4], [1]])
        updates = g.input((len(numbers), 3, 5))
        y = g.op("ScatterND", g.relu(g.x), computed(g, numbers), updates, reduction=reduction)
        z = g.op("ScatterND", g.relu(g.x), numbers, updates, reduction=reduction)
        yield g.end(y, z)
    g = CaseGraph("index_scatter_elements_opset11", (2, 3, 4, 5), opset=11)
    y = g.conv(g.x, 6, **SAME)
    numbers = np.stack([g.random.permutation(6) for _ in range(2 * 4 * 5)]).reshape(2, 4, 5, 6).transpose(0, 3, 1, 2)[:, :3]
    y = g.op("ScatterElements", y, computed(g, numbers), g.x, axis=1)
    yield g.end(g.relu(y), y)
    g = CaseGraph("index_scatter_opset10", (4, 5), opset=10)
    yield g.end(g.op("Scatter", g.x, np.array([[1, 0, 2, 3, 1]]), g.normal(1, 5), axis=0))
    g = CaseGraph("index_scatter_elements_range", (2, 3, 4, 5))
    y = g.conv(g.x, 6, (1, 1))
    numbers = np.broadcast_to(np.array([1, 3, 5]).reshape(1, 3, 1, 1), (2, 3, 4, 5)).copy()
    yield g.end(g.op("ScatterElements", y, numbers, g.relu(g.x), axis=1))
    g = CaseGraph("index_scatter_data_used_again", (3, 4))
    y = g.relu(g.x)
    z = g.op("ScatterND", y, np.array([[1]]), g.normal(1, 4))
    yield g.end(g.op("Add", y, z), g.op("ScatterND", y, computed(g, [[2], [0]]), g.normal(2, 4)))
    g = CaseGraph("index_scatter_of_itself", (3, 3))
    y = g.relu(g.x)
    yield g.end(g.op("ScatterElements", y, computed(g, [[2, 0, 1], [0, 1, 2], [1, 2, 0]]), y, axis=1))


def ranked():
    for name, shape, axis, count, options in [
        ("last", (3, 17), -1, 4, {}),
        ("first", (9, 4), 0, 3, {}),
        ("middle", (2, 7, 3), 1, 7, {}),
        ("smallest", (2, 40), 1, 11, dict(largest=0)),
        ("one", (5, 6), 1, 1, {}),
    ]:
        g = CaseGraph(f"index_top_k_{name}", shape, opset=11)
        x = g.inputs[g.x]
        x.reshape(-1)[::3] = np.round(x.reshape(-1)[::3])  # equal elements
        x[:] = x + 0.25  # none is zero
        values, numbers = g.op("TopK", g.x, [count], results=2, axis=axis, **options)
        yield g.end(values, g.op("Cast", numbers, to=1))
    g = CaseGraph("index_top_k_opset1", (2, 6), opset=9)
    values, numbers = g.op("TopK", g.x, results=2, axis=1, k=2)
    yield g.end(values, g.op("Cast", numbers, to=1))
    g = CaseGraph("index_top_k_integers", (2, 9), opset=11)
    g.inputs[g.x] *= 5
    values, numbers = g.op("TopK", g.op("Cast", g.x, to=6), [5], results=2, axis=1)
    yield g.end(g.op("Cast", values, to=1), g.op("Cast", numbers, to=1))
    g = CaseGraph("index_top_k_indices_only", (1, 3, 4, 5))
    y = g.op("GlobalAveragePool", g.conv(g.x, 12))
    _, numbers = g.op("TopK", y, [5], results=2, axis=1)
    # The boxes of the best scores, as detectors pick them.
    boxes = g.op("Reshape", g.conv(g.x, 12, **SAME), [1, 12, 20])
    wanted = g.op("Expand", g.op("Reshape", numbers, [1, 5, 1]), np.array([1, 5, 20]))
    yield g.end(g.op("GatherElements", boxes, wanted, axis=1))
