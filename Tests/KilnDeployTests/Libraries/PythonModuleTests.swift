import Foundation
import KilnGraph
import Testing

@testable import KilnDeploy
@testable import KilnEmission

/// The Python module beside a shared library, imported and called.
struct PythonModuleTests {
  /// A Python that has NumPy.
  static let python: String? = {
    guard let python = Subprocess.find("python3") else { return nil }
    return (try? Subprocess(python, ["-c", "import numpy"]).run())?.status == 0 ? python : nil
  }()

  @Test(.enabled(if: python != nil, "needs Python's numpy package"))
  func `Python computes the right bits, says what it wants, and shares nothing between networks`() throws {
    try withTemporaryFolder { folder in
      let one = try BuiltLibrary(.digits, .shared, threads: 2, in: folder)
      let many = try BuiltLibrary(
        try Self.severalPorts(), named: "Several",
        for: [Tensor(shape: [2, 2], floats: [1, -2, 3, -4]), Tensor(shape: [2, 2], floats: [0, 5, 3, 7])], .shared,
        in: folder)
      let outputs = [one, many].map { $0.path + ".output" }
      try Files.write(Self.script, to: folder.appending(path: "main.py").path)
      let run = try outcome(
        of: try #require(Self.python),
        [folder.appending(path: "main.py").path] + zip([one, many], outputs).flatMap { [$0.input, $1] })
      #expect(run.status == 0, "\(run.text)")
      for (library, output) in zip([one, many], outputs) {
        #expect(try Data(contentsOf: URL(filePath: output)) == library.expected)
      }
    }
  }

  /// Two inputs, and outputs of three types.
  private static func severalPorts() throws -> Graph {
    var graph = Graph()
    let inputs = ["left", "right"].map { graph.addInput($0, TensorType(.float32, [2, 2])) }
    graph.addOutput("sum", try graph.insert(Binary(.add), name: "sum", inputs: inputs)[0])
    let less = try graph.insert(Binary(.less), name: "less", inputs: inputs)[0]
    graph.addOutput("less", less)
    graph.addOutput("count", try graph.insert(Cast(to: .int64), name: "count", inputs: [less])[0])
    return graph
  }

  private static let script = """
    import sys, threading, time
    import numpy
    import digits, several

    def fails(kind, *texts):
        def decorate(body):
            try:
                body()
            except kind as error:
                assert all(text in str(error) for text in texts), error
            else:
                raise AssertionError(f"{body.__name__}: no {kind.__name__}")
        return decorate

    image = numpy.fromfile(sys.argv[1], "float32").reshape(1, 1, 8, 8)
    network = digits.Network()
    scores = network(image)
    scores.tofile(sys.argv[2])
    assert scores.shape == (1, 10) and scores.dtype == numpy.float32 and scores.argmax() == 7
    assert digits.KILN_VERSION == "1.2.3" and digits.MODEL_SHA256 == "hash of Digits"
    assert digits.INPUTS[0] == ("image", "image", numpy.dtype("float32"), (1, 1, 8, 8), None, None)

    # Results stay when the network is called again; given memory is used; other orders of elements are copied.
    other = network(numpy.ascontiguousarray(image[..., ::-1]))
    assert scores.argmax() == 7 and not (other == scores).all()
    out = numpy.zeros_like(scores)
    assert network(image, out=out) is out and (out == scores).all()
    assert (network(numpy.asfortranarray(numpy.concatenate([image, image]))[:1]) == scores).all()
    odd = numpy.empty(257, "uint8")[1:].view("float32").reshape(image.shape)
    odd[...] = image
    assert not odd.flags.aligned and (network(odd) == scores).all()
    assert (network(image=image) == scores).all()
    frozen = image.copy()
    frozen.flags.writeable = False
    assert (network(frozen) == scores).all()

    @fails(ValueError, "input 'image': given float32[8, 8], wanted float32[1, 1, 8, 8]", "reshape((1, 1, 8, 8))")
    def shape(): network(image[0, 0])
    @fails(ValueError, "given float32[1, 1, 8, 4], wanted float32[1, 1, 8, 8]")
    def size(): network(image[..., :4])
    @fails(TypeError, "given float64[1, 1, 8, 8], wanted float32[1, 1, 8, 8]", "numpy.asarray(value, 'float32')")
    def kind(): network(image.astype("float64"))
    @fails(TypeError, "given >f4[1, 1, 8, 8]")
    def order(): network(image.astype(">f4"))
    @fails(TypeError, "missing 1 required positional argument: 'image'")
    def missing(): network()
    @fails(ValueError, "output 'probabilities': given float32[10], wanted float32[1, 10]")
    def out_shape(): network(image, out=numpy.empty(10, "float32"))
    @fails(ValueError, "row-major order that may be written")
    def out_order(): network(image, out=numpy.empty((1, 20), "float32")[:, ::2])
    @fails(TypeError, "given list for 'probabilities'")
    def out_type(): network(image, out=[0] * 10)
    @fails(ValueError, "is another argument's")
    def out_shared(): network(image, out=image.reshape(-1)[:10].reshape(1, 10))

    # Threads with networks of their own, and threads that share one.
    def call(network, results): results.append(all((network(image) == scores).all() for _ in range(200)))
    results = []
    networks = [network, network, digits.Network(), digits.Network()]
    threads = [threading.Thread(target=call, args=(n, results)) for n in networks]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert results == [True] * 4
    network.close()
    network.close()
    @fails(ValueError, "closed")
    def closed(): network(image)

    left, right = numpy.fromfile(sys.argv[3], "float32").reshape(2, 2, 2)
    outputs = several.Network()(left, right)
    assert [o.dtype.name for o in outputs] == ["float32", "bool", "int64"] and outputs._fields == ("sum", "less", "count")
    with open(sys.argv[4], "wb") as file:
        for output in outputs: file.write(output.tobytes())
    again = several.Network()(right=right, left=left)
    assert (again.sum == left + right).all() and (again.less == (left < right)).all() and (again.count == again.less).all()
    given = [numpy.empty_like(output) for output in outputs]
    assert several.Network()(left, left, out=given)[0] is given[0] and not given[1].any()
    @fails(ValueError, "out: given 1 arrays, wanted 3")
    def out_count(): several.Network()(left, right, out=given[:1])
    @fails(ValueError, "output 'less': its memory is another argument's")
    def out_twice():
        block = numpy.zeros(4, "float32")
        several.Network()(left, right, out=[block.reshape(2, 2), block.view("bool")[:4].reshape(2, 2), given[2]])

    # A module and a library that don't belong together.
    path = digits.__file__
    with open(path) as file: text = file.read()
    with open(path.replace("digits.py", "stale.py"), "w") as file: file.write(text.replace("hash of Digits", "another"))
    @fails(ImportError, "was made from another model than")
    def stale(): import stale
    with open(path.replace("digits.py", "lost.py"), "w") as file: file.write(text.replace("libdigits.so", "liblost.so"))
    @fails(ImportError, "liblost.so can't be loaded", "built for host")
    def lost(): import lost
    """
}
