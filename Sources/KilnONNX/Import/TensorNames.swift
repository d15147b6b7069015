import KilnGraph

/// The tensors of a model's graph, by name, and which nodes compute them.
struct TensorNames {
  /// Those that the file holds the elements of.
  let constants: Set<String>
  private let inputs: Set<String>
  private let outputs: [String]
  private let allNodes: [NodeProto]
  private var producers: [String: Int] = [:]

  /// Complexity: O(names).
  init(_ graph: GraphProto) {
    constants = Set(graph.initializers.map(\.name))
    inputs = Set(graph.inputs.map(\.name)).subtracting(constants)
    outputs = graph.outputs.map(\.name)
    allNodes = graph.nodes
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { producers[output] = index }
    }
  }

  /// Throws unless tensors of these names can be given and computed.
  func check(_ part: ModelPart) throws(ImportOptionError) {
    var seen: [String: String] = [:]
    for (option, names) in [("--cut-input", part.inputs), ("--cut-output", part.outputs)] {
      for name in names {
        func fault(_ text: String) -> ImportOptionError {
          ImportOptionError(description: "\(option) '\(name)': \(text)")
        }
        if let other = seen.updateValue(option, forKey: name) {
          throw fault(other == option ? "it is named twice" : "it is a cut input too: nothing would be computed")
        }
        if constants.contains(name) {
          throw fault("this is a constant of the model; name what is computed from its inputs")
        }
        if option == "--cut-output", inputs.contains(name) {
          throw fault("this is an input of the model: nothing would be computed")
        }
        guard inputs.contains(name) || producers[name] != nil else {
          throw fault("the model has no such tensor\(advice(for: name))")
        }
      }
    }
  }

  /// The names of all tensors from which others are computed, those themselves included, up to the given ones.
  ///
  /// Complexity: O(names).
  func needed(by outputs: [String], given: Set<String>) -> Set<String> {
    var needed: Set<String> = []
    var visited: Set<Int> = []
    var pending = outputs
    while let name = pending.popLast() {
      guard needed.insert(name).inserted, !given.contains(name), let producer = producers[name],
        visited.insert(producer).inserted
      else { continue }
      pending += allNodes[producer].reads()
    }
    return needed
  }

  /// The nodes that compute any of these tensors, in the file's order and named after their places in it; the given ones are
  /// not among their results.
  func nodes(computing tensors: Set<String>, given: Set<String>) -> [NodeProto] {
    allNodes.enumerated().compactMap { index, node in
      guard node.outputs.contains(where: tensors.contains) else { return nil }
      var node = node
      node.name = node.name(at: index)
      node.outputs = node.outputs.map { given.contains($0) ? "" : $0 }
      return node
    }
  }

  /// Which node computes a tensor, as an addition to a sentence.
  func origin(of tensor: String) -> String {
    guard let index = producers[tensor] else { return "" }
    return
      ": \(allNodes[index].qualifiedType) '\(allNodes[index].name(at: index))' computes it, and the file states no type"
  }

  /// What somebody probably meant who named a tensor that isn't there.
  private func advice(for name: String) -> String {
    if let index = allNodes.indices.first(where: { allNodes[$0].name == name }) {
      let results = allNodes[index].outputs.filter { !$0.isEmpty }.prefix(4).map { "'\($0)'" }
      return results.isEmpty ? "" : "; the node of that name computes \(results.joined(separator: ", "))"
    }
    let near = NearNames.among(inputs.union(producers.keys), of: name).map { "'\($0)'" }
    let results = outputs.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    return near.isEmpty ? "; its outputs are \(results)" : "; near it are \(near.joined(separator: ", "))"
  }
}

extension NodeProto {
  /// The node's name, or one made from its operator and its place in the list of nodes.
  func name(at index: Int) -> String { name.isEmpty ? "\(operatorType)_\(index)" : name }

  /// The names that a node reads, and those that the nodes of its subgraphs read from outside.
  ///
  /// Subgraphs that are nested too deeply, which the importer refuses, are not looked at.
  fileprivate func reads(depth: Int = 0) -> [String] {
    var names = inputs.filter { !$0.isEmpty }
    guard depth <= ImportLimits.maximumInliningDepth else { return names }
    for subgraph in attributes.compactMap({ try? $0.graph() }) {
      let own = Set(
        subgraph.nodes.flatMap(\.outputs) + subgraph.inputs.map(\.name) + subgraph.initializers.map(\.name))
      let inside = subgraph.nodes.flatMap { $0.reads(depth: depth + 1) } + subgraph.outputs.map(\.name)
      names += inside.filter { !own.contains($0) }
    }
    return names
  }
}
