import KilnGraph
import Testing

/// Checks that producers, users and order say the same as the nodes.
private func checkInvariants(_ graph: Graph, _ location: SourceLocation = #_sourceLocation) {
  var computed = Set(graph.inputs)
  var users: [ValueID: [NodeID]] = [:]
  for id in graph.nodeIDs {
    for input in graph[id].inputs.compactMap(\.self) {
      #expect(computed.contains(input) || graph.constant(input) != nil, sourceLocation: location)
      users[input, default: []].append(id)
    }
    for output in graph[id].outputs {
      #expect(graph.producer(of: output) == id, sourceLocation: location)
      computed.insert(output)
    }
  }
  for (value, nodes) in users {
    #expect(graph.users(of: value).map(\.index).sorted() == nodes.map(\.index).sorted(), sourceLocation: location)
  }
}

private struct Chain {
  var graph = Graph(name: "chain")
  let x: ValueID
  let a: ValueID
  let b: ValueID

  init() throws {
    x = graph.addInput("x", TensorType(.float32, [2]))
    a = try graph.insert(Unary(.relu), name: "a", inputs: [x])[0]
    b = try graph.insert(Binary(.add), name: "b", inputs: [a, a])[0]
    graph.addOutput("y", b)
  }
}

@Test func `insertion links values and nodes`() throws {
  var chain = try Chain()
  checkInvariants(chain.graph)
  let a = try #require(chain.graph.producer(of: chain.a))
  let b = try #require(chain.graph.producer(of: chain.b))
  #expect(chain.graph.users(of: chain.a) == [b, b], "once for each operand")
  #expect(chain.graph.soleUser(of: chain.a) == nil)
  #expect(chain.graph.soleUser(of: chain.x) == a)
  #expect(chain.graph.soleUser(of: chain.b) == nil, "a result has a reader outside")
  let front = try chain.graph.insert(Unary(.negate), name: "c", inputs: [chain.x], before: a)[0]
  #expect(chain.graph.nodeIDs.map { chain.graph[$0].name } == ["c", "a", "b"])
  let middle = try chain.graph.insert(Unary(.negate), name: "d", inputs: [front], before: b)[0]
  #expect(chain.graph.nodeIDs.map { chain.graph[$0].name } == ["c", "a", "d", "b"])
  #expect(chain.graph[middle].name == "d")
  checkInvariants(chain.graph)
}

@Test func `insertion refuses what does not fit`() throws {
  var chain = try Chain()
  let other = chain.graph.addConstant("w", ramp([3]))
  let count = chain.graph.valueCount
  #expect(throws: OperatorError.self) {
    try chain.graph.insert(Binary(.add), name: "bad", inputs: [chain.x, other])
  }
  #expect(chain.graph.valueCount == count)
  checkInvariants(chain.graph)
}

@Test func `replacement moves uses`() throws {
  var chain = try Chain()
  let b = try #require(chain.graph.producer(of: chain.b))
  let history = Folded(pass: "test", node: "a", operation: "Relu")
  chain.graph.replace(b, with: Unary(.absolute), inputs: [chain.x], folded: [history])
  #expect(chain.graph[b].folded == [history])
  #expect(chain.graph[b].outputs == [chain.b])
  #expect(chain.graph.users(of: chain.a).isEmpty)
  #expect(chain.graph.users(of: chain.x).count == 2)
  checkInvariants(chain.graph)
  chain.graph.removeUnused()
  #expect(chain.graph.nodeIDs == [b])
  #expect(chain.graph.producer(of: chain.a) == nil)
  #expect(chain.graph.users(of: chain.x) == [b])
  checkInvariants(chain.graph)
}

@Test func `replaced uses include results`() throws {
  var chain = try Chain()
  chain.graph.addOutput("again", chain.b)
  chain.graph.replaceUses(of: chain.b, with: chain.a)
  #expect(chain.graph.outputs.map(\.value) == [chain.a, chain.a])
  #expect(chain.graph.outputs.map(\.name) == ["y", "again"])
  chain.graph.replaceUses(of: chain.a, with: chain.x)
  checkInvariants(chain.graph)
  #expect(chain.graph.users(of: chain.a).isEmpty)
  chain.graph.removeUnused()
  #expect(chain.graph.nodeIDs.isEmpty)
  #expect(chain.graph.users(of: chain.x).isEmpty)
}

@Test func `removal keeps the order`() throws {
  var graph = Graph()
  let x = graph.addInput("x", TensorType(.float32, []))
  for name in ["first", "middle", "last"] { try graph.insert(Unary(.relu), name: name, inputs: [x]) }
  let ids = graph.nodeIDs
  graph.remove(ids[1])
  #expect(!graph.contains(ids[1]))
  #expect(graph.nodeIDs == [ids[0], ids[2]])
  graph.remove(ids[2])
  try graph.insert(Unary(.relu), name: "new", inputs: [x])
  graph.remove(ids[0])
  #expect(graph.nodeIDs.map { graph[$0].name } == ["new"])
  checkInvariants(graph)
}

@Test func `copies of a graph are independent`() throws {
  let chain = try Chain()
  var copy = chain.graph
  copy.replaceUses(of: chain.b, with: chain.x)
  copy.removeUnused()
  #expect(copy.nodeIDs.isEmpty)
  #expect(chain.graph.nodeIDs.count == 2)
  checkInvariants(chain.graph)
}

@Test func `interpreter runs and observes`() throws {
  let chain = try Chain()
  var observed: [ValueID: [Float]] = [:]
  let results = try Interpreter(chain.graph).run([Tensor(shape: [2], floats: [-1, 3])]) { observed[$0] = $1.floats() }
  #expect(results.map { $0.floats() } == [[0, 6]])
  #expect(observed == [chain.a: [0, 3], chain.b: [0, 6]])
}

@Test func `interpreter returns inputs and constants`() throws {
  var chain = try Chain()
  chain.graph.addOutput("x", chain.x)
  chain.graph.addOutput("w", chain.graph.addConstant("w", ramp([1], from: 5)))
  chain.graph.addOutput("y again", chain.b)
  let results = try Interpreter(chain.graph).run([ramp([2])])
  #expect(results.map { $0.floats() } == [[0, 2], [0, 1], [5], [0, 2]])
}

@Test func `interpreter names what is wrong`() throws {
  let chain = try Chain()
  func message(_ graph: Graph, _ inputs: [Tensor]) -> String {
    do throws(OperatorError) {
      _ = try Interpreter(graph).run(inputs)
      return ""
    } catch { return error.description }
  }
  #expect(message(chain.graph, []) == "the network has 1 inputs, 0 are given")
  #expect(message(chain.graph, [ramp([3])]) == "input 'x' is float32[3], the network takes float32[2]")
  var graph = Graph()
  let indices = graph.addInput("i", TensorType(.int64, [1]))
  let data = graph.addConstant("data", ramp([2]))
  graph.addOutput("y", try graph.insert(Gather(axis: 0), name: "pick", inputs: [data, indices])[0])
  #expect(
    message(graph, [Tensor(shape: [1], integers: [2])]) == "Gather 'pick': index 2 is outside axis 0 of [2]")
}
