package import IR

extension GPULink {
  /// What it costs to send over the link: the time that a byte takes, in units in which a link of 1 GB/s costs 180,000.
  ///
  /// One NVLink carries 25 GB/s one way since its second generation, and several carry as many times that. The other ways
  /// are PCIe: behind one bridge about 20 GB/s of a x16 slot arrive, and each stop on the way (more bridges, the processor's host
  /// bridge, the mesh of a NUMA node) takes some of that; between processors it is about 6 GB/s. What the planner leans on is the order
  /// and that the worst pair weighs more than several good ones; the exact rates differ from machine to machine.
  package var cost: Int32 {
    switch self {
    case .same: 0
    case .nvlink(let count): 7200 / Int32(clamping: min(max(count, 1), 64))
    case .pix: 9000
    case .pxb: 11250
    case .phb: 15000
    case .node: 18000
    case .system: 30000
    }
  }

  /// Whether the link is as good as a workload demands.
  package func satisfies(_ demand: GPURequest.Link?) -> Bool {
    switch (demand, self) {
    case (nil, _), (_, .same), (_, .nvlink): true
    case (.nvlink, _): false
    case (.socket, let link): link != .system
    }
  }
}
