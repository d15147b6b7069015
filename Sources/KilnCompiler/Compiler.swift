import KilnEmission
import KilnGraph
import KilnLowering
import KilnMachine
import KilnPlanning
import KilnSelection

/// The compiler's front: a graph becomes a program, and a program a Swift package.
package enum Compiler {
  /// Chooses kernels and places every value in memory.
  ///
  /// - Parameters:
  ///   - isExact: whether every sum must be taken product by product; see `CompileOptions.isExact`.
  ///   - threads: the threads that share the work.
  /// - Throws: `UnsupportedError` that lists every node that has no kernel.
  package static func plan(
    _ graph: Graph, for target: Target, isExact: Bool = false, threads: Int = 1
  ) throws(UnsupportedError) -> Program {
    do {
      return try Planner.plan(graph, for: target, options(isExact, threads, target, nil))
    } catch {
      switch error {
      case .unsupported(let error): throw error
      case .schedule(let error): preconditionFailure("there is no schedule that \(error) could be about")
      }
    }
  }

  /// Plans with a schedule, which overrides the cost model's choices.
  ///
  /// - Throws: `UnsupportedError` as above; `ScheduleError` when the schedule doesn't fit the network or the target.
  package static func plan(
    _ graph: Graph, for target: Target, isExact: Bool = false, threads: Int = 1, schedule: Schedule
  ) throws -> Program {
    do {
      return try Planner.plan(graph, for: target, options(isExact, threads, target, schedule))
    } catch {
      switch error {
      case .unsupported(let error): throw error
      case .schedule(let error): throw error
      }
    }
  }

  private static func options(
    _ isExact: Bool, _ threads: Int, _ target: Target, _ schedule: Schedule?
  ) -> PlanningOptions {
    PlanningOptions(
      isExact: isExact, sharing: WorkSharing(threads: threads, costs: target.model.sharing), schedule: schedule)
  }

  /// Prints a program as a Swift package.
  ///
  /// - Parameters:
  ///   - name: the network's type, module and package; see `typeName(for:)`.
  ///   - origin: what the network was made from, for the headers.
  package static func emit(_ program: Program, name: String, origin: String) -> EmittedPackage {
    PackageEmitter.package(PackageEmitter.Network(name: name, origin: origin, program: program))
  }

  /// The most letters of a network's name: files and folders are called after it, and file systems have room for 255.
  package static let maximumNameLength = 100

  /// A Swift type's name made from a model's: `mobilenet_v2` becomes `MobilenetV2`, and `pool`, which is taken,
  /// `PoolNetwork`.
  package static func typeName(for model: String) -> String {
    let words = model.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let joined = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    let name = String((joined.first?.isLetter ?? false ? joined : "Network\(joined)").prefix(maximumNameLength))
    return ReservedNames.forbidsType(name) ? "\(name)Network" : name
  }
}
