import KilnGraph
import KilnKernels
import KilnLowering

/// The C module that carries a network's constants: one array of bytes, and a function a table that points into it.
///
/// C, because Swift's own literals take minutes to compile beyond some thousand elements, while `#embed` takes none.
/// Functions, because Swift does not import large C arrays.
struct WeightsModule {
  /// The module's name.
  let name: String
  /// The tables, in the order of the file.
  let tables: [WeightTable]
  /// The index of each network's first table.
  private let firstTables: [Int]
  /// Whether the module also has the threads that share inferences.
  let hasThreads: Bool
  /// Whether the module also has what kernels of float16 need.
  var hasHalves = false
  /// Whether the module also has what kernels of numbers of 8 bits need.
  var hasIntegers = false
  /// The first byte of each table.
  let offsets: [Int]
  /// The bytes of all tables.
  let byteCount: Int

  /// Tables begin at multiples of a cache line.
  static let alignment = 64

  /// Lays out the tables of the networks of one module, each network's under a prefix of its own.
  init(network: String, parts: [(prefix: String, tables: [WeightTable])], hasThreads: Bool = false) {
    self.hasThreads = hasThreads
    name = Self.name(for: network)
    tables = parts.flatMap { part in
      part.tables.map { table in
        var table = table
        if !part.prefix.isEmpty { table.name = "\(part.prefix)_\(table.name)" }
        return table
      }
    }
    firstTables = parts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.tables.count) }
    var end = 0
    offsets = tables.map { table in
      let offset = end.roundedUp(toMultipleOf: Self.alignment)
      end = offset + table.byteCount
      return offset
    }
    byteCount = end
  }

  /// The name of the C module of a Swift module.
  static func name(for network: String) -> String { network + "Weights" }

  /// The function that returns the address of a table of the network number `part`.
  func function(_ table: TableID, part: Int) -> String { function(firstTables[part] + table.index) }

  private func function(_ index: Int) -> String { "\(name)_\(tables[index].name)" }

  /// The module's header.
  var header: String {
    var text = """
      // \(name): the constants of one network, little-endian, each table aligned to \(Self.alignment) bytes.
      #pragma once

      #include <stdint.h>

      \(hasHalves ? "#include \"KilnHalves.h\"\n" : "")\(hasIntegers ? "#include \"KilnIntegers.h\"\n" : "")#include "KilnIntrinsics.h"
      \(hasThreads ? "#include \"KilnThreads.h\"\n" : "")
      /// \(byteCount) bytes in \(tables.count) tables.
      extern const unsigned char \(name)_bytes[];

      """
    for (index, table) in tables.enumerated() {
      text += """

        /// \(table.packing), \(table.shape.map(String.init).joined(separator: " x ")) \(table.scalar.rawValue) at byte \(offsets[index]).
        static inline const \(elementName(table.scalar)) *_Nonnull \(function(index))(void) {
          return (const \(elementName(table.scalar)) *)(\(name)_bytes + \(offsets[index]));
        }

        """
    }
    return text
  }

  /// The module's one source file.
  var source: String {
    """
    #include "\(name).h"

    // `#embed` is C23; older dialects take it as an extension.
    #pragma clang diagnostic ignored "-Wc23-extensions"

    _Alignas(\(Self.alignment)) const unsigned char \(name)_bytes[] = {
    #embed "\(name).bin" if_empty(0)
    };

    """
  }

  /// The bytes of all tables.
  var bytes: DeferredBytes { DeferredBytes(joining: tables.map(\.bytes), alignment: Self.alignment) }

  /// What Clang calls the elements of a table, so that Swift imports them as its own.
  private func elementName(_ scalar: ScalarType) -> String { scalar == .float16 ? "_Float16" : scalar.cName }
}
