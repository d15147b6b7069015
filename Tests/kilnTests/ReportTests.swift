import Foundation
import KilnDeploy
import Testing

/// `kiln report`: what the page holds, and that it works in a browser.
@Suite("A report")
struct ReportTests {
  /// A browser; `nil` where there is none.
  private static let chromium = ["chromium", "chromium-browser", "google-chrome"].compactMap(Subprocess.find).first
  private static let needsChromium: Comment = "needs a browser: apt-get install chromium"
  /// A board, for which nothing is built or measured unless it is there.
  private static let board = ["--target", "raspberry-pi-4"]

  @Test(.enabled(if: chromium != nil, needsChromium))
  func `of a network that is measured opens, finds a layer, and shows its folds`() throws {
    try withTemporaryFolder { folder in
      let page = try report(Program.digits, folder: folder)
      #expect(page.utf8.count < 1_000_000)
      let title = try title(
        of: page, folder: folder,
        after: """
          const input = document.getElementById('search');
          input.value = 'dense.0';
          input.dispatchEvent(new Event('input'));
          const found = document.querySelectorAll('#found li');
          found[0].click();
          const folds = [...document.querySelectorAll('#detail h4')].find(title => title.textContent === 'Folded into it');
          const rows = document.querySelectorAll('#layers tbody tr');
          const chosen = document.querySelectorAll('#layers tbody tr.chosen').length;
          said = [
            document.querySelector('#detail h3').textContent, folds.nextSibling.textContent, rows.length, chosen,
            document.querySelectorAll('.stage .node').length, document.querySelectorAll('#plan .buffer').length > 3,
            document.querySelectorAll('.stage .node.found').length > 1, document.querySelectorAll('.band.chosen').length,
          ].join('; ');
          """)
      let parts = title.components(separatedBy: "; ")
      try #require(parts.count == 8, "\(title)")
      #expect(parts[0] == "/0/features/features.5/dense/dense.0/Conv")
      for fold in ["dense.1/BatchNormalization", "point.0/Conv", "identity/BatchNormalization", "Relu"] {
        #expect(parts[1].contains(fold), "\(parts[1])")
      }
      let facts = try facts(of: page)
      #expect(parts[2] == "\(facts.inspection.plan?.layers.count ?? 0)" && parts[3] == "1")
      #expect(parts[4] == "\(facts.inspection.before.nodes.count + facts.inspection.after.nodes.count)")
      #expect(parts[5] == "true" && parts[6] == "true")
      // Three convolutions' worth of nodes became one.
      #expect((Int(parts[7]) ?? 0) >= 7, "\(title)")
      #expect(facts.measurement?.layers.count == facts.inspection.plan?.layers.count)
      #expect(facts.measurement?.layers.allSatisfy { $0.microseconds > 0 } == true)
      #expect(facts.command.hasPrefix("kiln report \(Program.digits)"))
    }
  }

  @Test func `says what the machine allows and predicts, and where buffers lie`() throws {
    try withTemporaryFolder { folder in
      let facts = try facts(of: report(Program.digits, Self.board, folder: folder))
      #expect(facts.measurement == nil)
      let plan = try #require(facts.inspection.plan)
      for layer in plan.layers {
        let prediction = layer.prediction
        #expect(prediction.leastMicroseconds > 0 && prediction.microseconds >= prediction.leastMicroseconds)
        #expect(prediction.products <= layer.multiplyAccumulates, "\(layer.name)")
        #expect(prediction.readByteCount > 0 && prediction.writtenByteCount > 0)
        #expect(prediction.arithmetic == "float32")
      }
      // The fully connected layer has 32 x 10 products of four bytes a weight, and reads 32 numbers.
      let linear = try #require(plan.layers.first { $0.operation == "Linear" })
      #expect(linear.prediction.products == 320 && linear.prediction.readByteCount == 128)
      #expect(linear.prediction.writtenByteCount == 40 && linear.prediction.weightByteCount >= 4 * 330)

      let buffers = plan.buffers.filter { $0.offset != nil && $0.firstLayer != nil }
      #expect(buffers.count >= 3)
      var largest = 0
      for step in plan.layers.indices {
        let alive = buffers.filter { ($0.firstLayer ?? 0) <= step && step <= ($0.lastLayer ?? 0) }
          .sorted { ($0.offset ?? 0) < ($1.offset ?? 0) }
        for (lower, upper) in zip(alive, alive.dropFirst()) {
          #expect((lower.offset ?? 0) + lower.byteCount <= (upper.offset ?? 0), "layer \(step)")
        }
        largest = max(largest, alive.reduce(0) { $0 + ($1.byteCount + 63) / 64 * 64 })
      }
      #expect(largest == plan.arenaLowerBound)
      #expect(facts.inspection.weights.contains { ($0.least ?? 0) < 0 && ($0.greatest ?? 0) > 0 && $0.byteCount > 0 })
    }
  }

  @Test func `predicts that loads hold up a core in order`() throws {
    try withTemporaryFolder { folder in
      /// How many times the least time convolutions are predicted to take.
      func slowness(_ target: String) throws -> Double {
        let facts = try facts(of: report(Program.digits, ["--target", target], folder: folder))
        let layers = try #require(facts.inspection.plan).layers.filter { $0.operation.hasPrefix("Conv") }
        let predictions = layers.map(\.prediction)
        return predictions.reduce(0) { $0 + $1.microseconds } / predictions.reduce(0) { $0 + $1.leastMicroseconds }
      }
      // Half a load of a Cortex-A53 takes a cycle in which it multiplies nothing: at best, with tiles of 16 by 5, a quarter as much again.
      let inOrder = try slowness("raspberry-pi-3")
      #expect(try inOrder > slowness("raspberry-pi-4") + 0.3 && inOrder < 5, "\(inOrder)")
    }
  }

  @Test func `says what numbers of 8 bits stand for`() throws {
    try withTemporaryFolder { folder in
      let int8 = Self.board + ["--precision", "int8", "--calibration", "random"]
      let facts = try facts(of: report(Program.digits, int8, folder: folder))
      let tensors = facts.inspection.quantizedTensors
      #expect(tensors.count > 5)
      for tensor in tensors {
        #expect(tensor.least <= 0 && tensor.greatest >= 0, "\(tensor.name)")
        #expect(abs(tensor.greatest - tensor.least - 255 * tensor.scale) <= 1e-3 * (tensor.greatest - tensor.least))
      }
      #expect(facts.inspection.plan?.layers.contains { $0.prediction.arithmetic == "int8" } == true)
    }
  }

  @Test func `says what each quantised layer loses`() throws {
    try withTemporaryFolder { folder in
      let digits = "\(Program.repository)/Examples/digits/calibration"
      let page = try report(
        Program.digits, Self.board + ["--precision", "int8", "--calibration", digits], folder: folder)
      let facts = try facts(of: page)
      let precision = try #require(facts.precision)
      #expect(precision.sampleCount > 0 && !precision.isRandom)
      let layers = facts.inspection.after.nodes.filter { $0.operation == "QuantizedConv" }
      #expect(precision.layers.count >= layers.count && layers.count > 3)
      let names = Set(facts.inspection.after.nodes.map(\.name))
      for layer in precision.layers {
        #expect(names.contains(layer.name), "\(layer.name) is no node of the page")
        #expect(layer.least < layer.greatest && (0..<0.5).contains(layer.clippedShare))
        #expect(try #require(layer.accumulated) > 10)
      }
      guard Self.chromium != nil else { return }
      let title = try title(
        of: page, folder: folder,
        after: """
          const rows = document.querySelectorAll('#precision tbody tr');
          rows[1].click();
          const part = [...document.querySelectorAll('#detail h4')].find(title => title.textContent === 'Precision');
          said = `${rows.length}; ${rows[1].textContent}; ${part.nextSibling.textContent}`;
          """)
      let parts = title.components(separatedBy: "; ")
      #expect(parts[0] == "\(precision.layers.count)" && parts[1].contains(precision.layers[1].name))
      #expect(parts[1].contains(" dB") && parts[2].contains("clipped"), "\(title)")
    }
  }

  /// Names that would end the script, begin a comment, or be markup.
  private static let hostile =
    #"</script><script>document.title='taken over'</script><!--<img src=x onerror=alert(1)>"\u0041"#

  @Test func `holds hostile names as data only`() throws {
    try withTemporaryFolder { folder in
      let model = "\(folder)/<b>.onnx"
      try ModelBytes.model(operation: "Relu", node: Self.hostile).write(to: URL(filePath: model))
      let page = try report(model, Self.board, folder: folder)
      #expect(page.components(separatedBy: "</script>").count == 3 && !page.contains("<!--") && !page.contains("<b>"))
      #expect(try facts(of: page).inspection.before.nodes[0].name == Self.hostile)
      guard Self.chromium != nil else { return }
      let title = try title(
        of: page, folder: folder,
        after: """
          document.querySelector('.stage .node').dispatchEvent(new Event('click'));
          said = document.querySelector('#detail h3').textContent + document.querySelectorAll('img').length;
          """)
      #expect(title == Self.hostile + "0")
    }
  }

  @Test func `of a network that can't be compiled shows its graph, and says so`() throws {
    try withTemporaryFolder { folder in
      let model = "\(Program.repository)/Tests/Networks/refused/double.onnx"
      let path = "\(folder)/report.html"
      let result = try Program.run(["report", model, "--output", path])
      #expect(result.status == 3 && result.errors.contains("float64"), "\(result.errors)")
      let facts = try facts(of: String(contentsOfFile: path, encoding: .utf8))
      #expect(facts.inspection.plan == nil && facts.measurement == nil)
      #expect(facts.inspection.before.nodes.contains { $0.operation == "Conv" })
    }
  }

  /// The page of a model.
  private func report(_ model: String, _ options: [String] = [], folder: String) throws -> String {
    let path = "\(folder)/report.html"
    let result = try Program.run(["report", model, "--output", path] + options, cache: "\(folder)/cache")
    #expect(result.status == 0, "\(result.errors)")
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  /// The title of a page in a browser after a script of the test's, which says something there; or the first error.
  private func title(of page: String, folder: String, after script: String) throws -> String {
    let first = "<script>var said = 'nothing', fault; onerror = (text, file, line) => { fault ??= `${line}: ${text}` }"
    let last = "<script>{\n\(script)\n}\ndocument.title = fault ?? said</script>"
    let tested = page.replacing("<head>", with: "<head>\(first)</script>").replacing("</body>", with: last + "</body>")
    let path = "\(folder)/tested.html"
    try Files.write(tested, to: path)
    let result = try Subprocess(
      try #require(Self.chromium),
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder)/browser",
        "--virtual-time-budget=5000", "--dump-dom", URL(filePath: path).absoluteString,
      ]
    ).run()
    let title = result.output.firstMatch(of: /<title>(.*?)<\/title>/.dotMatchesNewlines())?.1
    let text = String(try #require(title, "\(result.errors)"))
    return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
  }

  /// The data of a page.
  private func facts(of page: String) throws -> Facts {
    let match = try #require(page.firstMatch(of: /id="facts">(.*?)<\/script>/.dotMatchesNewlines()))
    return try JSONDecoder().decode(Facts.self, from: Data(match.1.utf8))
  }
}

/// What the tests read of a page's data.
private struct Facts: Decodable {
  struct Inspection: Decodable {
    let before: Graph
    let after: Graph
    let plan: Plan?
    let weights: [Weight]
    let quantizedTensors: [QuantizedTensor]
  }

  struct Graph: Decodable {
    let nodes: [Node]
  }

  struct Node: Decodable {
    let name: String
    let operation: String
  }

  struct Plan: Decodable {
    let layers: [Layer]
    let buffers: [Buffer]
    let arenaLowerBound: Int
  }

  struct Layer: Decodable {
    let name: String
    let operation: String
    let multiplyAccumulates: Int
    let prediction: Prediction
  }

  struct Prediction: Decodable {
    let arithmetic: String
    let products: Int
    let readByteCount: Int
    let writtenByteCount: Int
    let weightByteCount: Int
    let leastMicroseconds: Double
    let microseconds: Double
  }

  struct Buffer: Decodable {
    let offset: Int?
    let byteCount: Int
    let firstLayer: Int?
    let lastLayer: Int?
  }

  struct Weight: Decodable {
    let byteCount: Int
    let least: Double?
    let greatest: Double?
  }

  struct QuantizedTensor: Decodable {
    let name: String
    let scale: Float
    let least: Float
    let greatest: Float
  }

  struct Measurement: Decodable {
    let layers: [Time]
  }

  struct Time: Decodable {
    let microseconds: Double
  }

  struct Precision: Decodable {
    let layers: [Loss]
    let sampleCount: Int
    let isRandom: Bool
  }

  struct Loss: Decodable {
    let name: String
    let least: Double
    let greatest: Double
    let clippedShare: Double
    let accumulated: Double?
  }

  let command: String
  let inspection: Inspection
  let precision: Precision?
  let measurement: Measurement?
}
