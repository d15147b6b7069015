import KilnGraph
import KilnKernels

/// The Python module of a shared library: ctypes and NumPy, nothing to build.
struct PythonModule {
  let interface: LibraryInterface

  var text: String {
    """
    # \(interface.title) \(EmittedLibrary.marker) \(interface.identity.version): don't edit it, build the model again.
    \"""The network as a Python class. It needs NumPy, and lib\(interface.name).so beside this file.

        import \(interface.name)

        network = \(interface.name).Network()
        \(result) = network(\(names(interface.inputs)))
    \"""

    import ctypes
    import pathlib
    import threading
    import typing
    \(interface.threads > 1 ? "import weakref\n" : "")
    import numpy

    KILN_VERSION = \(interface.identity.version.pythonLiteral)
    MODEL_SHA256 = \(interface.identity.modelHash.pythonLiteral)
    TARGET = \(interface.network.program.target.name.pythonLiteral)


    class Port(typing.NamedTuple):
        \"""An input or an output.\"""

        #: Its name in calls.
        name: str
        #: Its name in the model.
        model_name: str
        #: The type of its elements.\(hasBitPatterns ? " Those of bfloat16 are bit patterns." : "")
        dtype: numpy.dtype
        #: Its dimensions.
        shape: tuple
        #: What its integers stand for, where the model says so: `(q - zero_point) * scale`.
        scale: float = None
        zero_point: int = None

        def __str__(self):
            return _description(self.dtype, self.shape)


    #: What networks take, in order.
    INPUTS = (
    \(ports(interface.inputs)))

    #: What they return, in order.
    OUTPUTS = (
    \(ports(interface.outputs)))

    \(outputsClass)
    class Network:
        \"""The network, and the memory that it works in.

        A network serves one call at a time: threads that call it together wait for each other, and those that have networks
        of their own don't. Python's other threads run while it computes.\(forkNote)
        \"""

        def __init__(self):
            self._lock = threading.Lock()
            self._arena = _memory(\(interface.arenaByteCount))
            # Copies of inputs that don't lie in memory as the library wants them, made when they are needed.
            self._copies = [None] * len(INPUTS)
    \(interface.threads > 1 ? start : "")
        def __call__(\((["self"] + interface.inputs.map(\.name) + ["*", "out=None"]).joined(separator: ", "))):
            \"""Computes the outputs.

            Each input is an array of its port's shape and type, and is not copied if its elements are in row-major order.
            The outputs are new arrays, or `out`: \(outDescription).
            \"""
            return self._run([\(names(interface.inputs))], out)

        def _run(self, inputs, out):
            with self._lock:
    \(interface.threads > 1 ? checkOpen : "")\
                inputs = [self._input(index, value) for index, value in enumerate(inputs)]
                outputs = _outputs(\(interface.outputs.count == 1 ? "None if out is None else (out,)" : "out"), inputs)
                memory = (*inputs, *outputs, self._arena\(interface.threads > 1 ? ", self._workers" : ""))
                arguments = [array.ctypes.data for array in memory]
                status = _library.\(interface.function(interface.threads > 1 ? "predict_with_workers" : "predict"))(*arguments)
            if status != 0:
                raise RuntimeError(f"\(interface.name) returned status {status}: see \(interface.name).h")
            return \(interface.outputs.count == 1 ? "outputs[0]" : "Outputs(*outputs)")

        def _input(self, index, value):
            port = INPUTS[index]
            array = numpy.asarray(value)
            _check(array, port, "input")
            if array.flags.c_contiguous and array.flags.aligned:
                return array
            if self._copies[index] is None:
                self._copies[index] = numpy.empty(port.shape, port.dtype)
            numpy.copyto(self._copies[index], array)
            return self._copies[index]
    \(interface.threads > 1 ? close : "")

    def _outputs(given, inputs):
        if given is None:
            return [numpy.empty(port.shape, port.dtype) for port in OUTPUTS]
        if len(given) != len(OUTPUTS):
            raise ValueError(f"out: given {len(given)} arrays, wanted {len(OUTPUTS)}")
        for index, (array, port) in enumerate(zip(given, OUTPUTS)):
            if not isinstance(array, numpy.ndarray):
                raise TypeError(f"out: given {type(array).__name__} for '{port.name}', wanted an array of {port}")
            _check(array, port, "output")
            if not (array.flags.c_contiguous and array.flags.aligned and array.flags.writeable):
                raise ValueError(f"output '{port.name}': wanted an array in row-major order that may be written")
            if any(numpy.may_share_memory(array, other) for other in (*inputs, *given[:index])):
                raise ValueError(f"output '{port.name}': its memory is another argument's, wanted its own")
        return list(given)


    def _check(array, port, role):
        given = _description(array.dtype, array.shape)
        if array.dtype != port.dtype:
            raise TypeError(
                f"{role} '{port.name}': given {given}, wanted {port}; "
                f"numpy.asarray(value, '{port.dtype}') converts it"
            )
        if array.shape != port.shape:
            fits = array.size == numpy.prod(port.shape, dtype=int)
            hint = f"; reshape({port.shape}) makes it so" if fits else ""
            raise ValueError(f"{role} '{port.name}': given {given}, wanted {port}{hint}")


    def _description(dtype, shape):
        return f"{dtype}[{', '.join(map(str, shape))}]"


    def _memory(count, alignment=\(LibraryInterface.arenaAlignment)):
        \"""Memory that begins at a multiple of `alignment`.\"""
        block = numpy.empty(count + alignment, numpy.uint8)
        start = -block.ctypes.data % alignment
        return block[start : start + count]


    def _load():
        path = pathlib.Path(__file__).resolve().with_name("lib\(interface.name).so")
        try:
            library = ctypes.CDLL(str(path))
        except OSError as error:
            raise ImportError(f"{path} can't be loaded; it was built for {TARGET}: {error}") from error
        library.\(interface.function("model_sha256")).restype = ctypes.c_char_p
        if library.\(interface.function("model_sha256"))().decode() != MODEL_SHA256:
            raise ImportError(f"{path} was made from another model than {__file__}: build both again")
    \(signatures)    return library


    _library = _load()

    """
  }

  private var hasBitPatterns: Bool { interface.ports.contains { $0.type.scalar == .bfloat16 } }

  /// What the result of a call is called in the example.
  private var result: String { interface.outputs.count == 1 ? interface.outputs[0].name : "outputs" }

  private func names(_ ports: [LibraryInterface.Port]) -> String { ports.map(\.name).joined(separator: ", ") }

  private func ports(_ ports: [LibraryInterface.Port]) -> String {
    ports.map { port in
      let dimensions = port.type.shape.map(String.init).joined(separator: ", ")
      let shape = port.type.shape.count == 1 ? "(\(dimensions),)" : "(\(dimensions))"
      let type = "numpy.dtype(\"\(port.type.scalar.numpyName)\")"
      let quantization = port.quantization.map { ", \($0.scale), \($0.zeroPoint)" } ?? ""
      return "    Port(\"\(port.name)\", \(port.modelName.pythonLiteral), \(type), \(shape)\(quantization)),\n"
    }.joined()
  }

  private var outDescription: String {
    interface.outputs.count == 1 ? "an array of its shape and type" : "\(interface.outputs.count) such arrays"
  }

  /// The type of several outputs.
  private var outputsClass: String {
    if interface.outputs.count == 1 { return "" }
    return """

      class Outputs(typing.NamedTuple):
          \"""The outputs of a call, by name and in order.\"""

      \(interface.outputs.map { "    \($0.name): numpy.ndarray\n" }.joined())

      """
  }

  // MARK: Threads

  private var forkNote: String {
    interface.threads > 1 ? " A process that is forked needs networks of its own." : ""
  }

  private var start: String {
    """
            self._workers = _memory(_library.\(interface.function("workers_bytes"))())
            address = self._workers.ctypes.data
            if _library.\(interface.function("workers_start"))(address) != 0:
                raise RuntimeError("the system starts no more threads: \(interface.name) wants \(interface.threads)")
            self._stop = weakref.finalize(self, _stop, self._workers)

    """
  }

  private var checkOpen: String {
    """
                if not self._stop.alive:
                    raise ValueError("this network is closed; make another")

    """
  }

  private var close: String {
    """

        def close(self):
            \"""Ends the network's threads. It can't be called any more.\"""
            with self._lock:
                self._stop()


    def _stop(workers):
        _library.\(interface.function("workers_stop"))(workers.ctypes.data)

    """
  }

  private var signatures: String {
    func signature(_ name: String, _ pointers: Int) -> String {
      "    library.\(interface.function(name)).argtypes = [ctypes.c_void_p] * \(pointers)\n"
    }
    let ports = interface.ports.count
    guard interface.threads > 1 else { return signature("predict", ports + 1) }
    return signature("predict_with_workers", ports + 2) + signature("workers_start", 1) + signature("workers_stop", 1)
      + "    library.\(interface.function("workers_bytes")).restype = ctypes.c_size_t\n"
  }
}

extension ScalarType {
  /// The element type in NumPy, which has no bfloat16.
  fileprivate var numpyName: String {
    switch self {
    case .bfloat16: "uint16"
    case .float32, .float64, .float16, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .bool: rawValue
    }
  }
}
