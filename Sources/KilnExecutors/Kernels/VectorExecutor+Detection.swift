import KilnGeometry
import KilnGraph
import KilnKernels

// Kernels of detectors' heads.

extension VectorExecutor {
  package func execute(_ kernel: SuppressBoxes) {
    var a = arguments(kernel)
    suppressBoxes(
      a.pointer(), scores: a.pointer("scores"), mostPerClass: a.optionalPointer("mostPerClass"),
      overlapThreshold: a.optionalPointer("overlapThreshold"), scoreThreshold: a.optionalPointer("scoreThreshold"),
      to: a.target("to"), found: a.target("found"), heap: a.target("heap"), images: a.integer("images"),
      classes: a.integer("classes"), boxCount: a.integer("boxCount"), capacity: a.integer("capacity"),
      isCentered: a.boolean("isCentered"))
    a.end()
  }

  package func execute(_ kernel: FindPlaces) {
    var a = arguments(kernel)
    findPlaces(
      a.pointer(), count: a.integer("count"), to: a.target("to"), found: a.target("found"),
      capacity: a.integer("capacity"), axes: a.integer("axes"), extents: a.tupleAxes("extents"))
    a.end()
  }

  package func execute(_ kernel: AlignRegions) { align(kernel, index(kernel.numbers, kernel)) }

  private func align<Index: KernelElement & FixedWidthInteger>(_ kernel: AlignRegions, _: Index.Type) {
    var a = arguments(kernel)
    let (images, regions): (UnsafePointer<Float>, UnsafePointer<Float>) = (a.pointer(), a.pointer("regions"))
    let numbers: UnsafePointer<Index> = a.pointer("numbers")
    let destination: UnsafeMutablePointer<Float> = a.target("to")
    if kernel.takesLargest {
      maximizeRegions(images, regions: regions, numbers: numbers, to: destination, a.geometry())
    } else {
      averageRegions(images, regions: regions, numbers: numbers, to: destination, a.geometry())
    }
    a.end()
  }
}
