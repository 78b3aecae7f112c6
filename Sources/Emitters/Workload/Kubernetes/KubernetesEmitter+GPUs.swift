import IR

/// How a pod asks for its GPUs.
enum GPUClaim {
  case none
  /// A number of them, whichever they are.
  case extended(name: String, count: Int)
  /// A claim for devices with properties, of which each pod gets one of its own.
  case template(KubernetesObject)

  /// The claim's template.
  var template: KubernetesObject? {
    if case .template(let object) = self { object } else { nil }
  }
}

/// GPUs: a bare number goes to the device plugin, which every cluster with GPUs has; all else is a claim for the driver
/// that knows what its devices are.
extension KubernetesWriter {
  mutating func gpuClaim() -> GPUClaim {
    guard let first = plan.gpus.first else { return .none }
    if Tenancy.way(of: plan) == .number {
      if first.link != nil { lose("gpus", first, DeviceVendor(first)) }
      return .extended(name: "nvidia.com/gpu", count: first.count)
    }
    let isOld = minor < 34
    if isOld { need("the API resource.k8s.io/v1beta2 and its feature gate DynamicResourceAllocation") }
    var constraints: [ComposePlan.Value] = []
    var requests: [[ComposePlan.Entry]] = []
    let chain = plan.gpus.count > 1
    for (index, request) in plan.gpus.enumerated() {
      let field = index == 0 ? "gpus" : "gpus.fallback[\(index - 1)]"
      guard index < Self.choices else {
        report.lose("gpus.fallback", "a claim tries at most \(Self.choices) kinds of devices")
        break
      }
      let vendor = DeviceVendor(request)
      need("the driver \(vendor.driver), which tells what its devices are")
      let name = chain ? "choice-\(index)" : "gpus"
      requests.append(
        chain ? [.init("name", .plain(name))] + device(request, vendor, field) : device(request, vendor, field))
      if request.link == .socket, vendor == .amd, request.count > 1 {
        constraints.append(
          .map([
            "requests": .plains([chain ? "gpus/\(name)" : "gpus"]),
            "matchAttribute": .plain("\(vendor.driver)/numaNode"),
          ]))
      }
    }
    let body: ComposePlan.Entry
    if chain {
      if isOld { need("the feature gate DRAPrioritizedList") }
      body = .init("firstAvailable", .list(requests.map { .mapping($0) }))
    } else {
      body = .init("exactly", .mapping(requests[0]))
    }
    var devices: [ComposePlan.Entry] = [
      .init("requests", .list([.mapping([.init("name", .plain("gpus")), body])]))
    ]
    if !constraints.isEmpty { devices.append(.init("constraints", .list(constraints))) }
    let inner: ComposePlan.Value = .map([
      "metadata": .map(["labels": .mapping(labels)]), "spec": .map(["devices": .mapping(devices)]),
    ])
    return .template(
      KubernetesObject(
        "resource.k8s.io/\(isOld ? "v1beta2" : "v1")", "ResourceClaimTemplate", "\(plan.id)-gpus", labels: labels,
        [.init("spec", inner)]))
  }

  /// The most kinds that a claim tries, and devices that it gets: limits of the API.
  private static let (choices, devices) = (8, 32)

  private mutating func device(
    _ request: GPURequest, _ vendor: DeviceVendor, _ field: String
  ) -> [ComposePlan.Entry] {
    if request.count > Self.devices {
      report.lose("\(field).count", "a claim gets at most \(Self.devices) devices")
    }
    lose(field, request, vendor)
    let cel = DeviceCEL(vendor)
    var expressions: [String] = vendor == .amd ? [cel.wholeDevice] : []
    if let type = request.type {
      if let test = cel.isOf(type: type) {
        expressions.append(test)
      } else {
        report.lose("\(field).type", "claw does not know what products are of class \(type): say 'model'")
      }
    }
    if let memory = request.memory { expressions.append(cel.memory(.atLeast, memory)) }
    if let model = request.model {
      if let test = cel.nameContains(anyCase: model) {
        expressions.append(test)
      } else {
        report.lose("\(field).model", "the driver \(vendor.driver) writes products' names in its own way")
      }
    }
    if let selector = request.selector {
      do throws(DeviceCEL.Failure) {
        let expression = try cel.expression(selector.expression)
        if expression.utf8.count <= DeviceCEL.longest {
          expressions.append(expression)
        } else {
          report.lose("\(field).selector", "a selector has at most \(DeviceCEL.longest) bytes in Kubernetes")
        }
      } catch {
        report.lose("\(field).selector", error.reason)
      }
    }
    var entries: [ComposePlan.Entry] = [
      .init("deviceClassName", .plain(vendor.driver)), .init("allocationMode", .plain("ExactCount")),
      .init("count", .integer(min(request.count, Self.devices))),
    ]
    if !expressions.isEmpty {
      let selectors = expressions.map { ComposePlan.Value.map(["cel": .map(["expression": .plain($0)])]) }
      entries.append(.init("selectors", .list(selectors)))
    }
    return entries
  }

  /// What no claim can say of how GPUs are joined.
  private mutating func lose(_ field: String, _ request: GPURequest, _ vendor: DeviceVendor) {
    switch request.link {
    case nil: break
    case .nvlink: report.lose("\(field).link", "no driver tells which GPUs are joined by NVLink")
    case .socket where vendor == .nvidia:
      report.lose("\(field).link", "NVIDIA's driver tells a GPU's PCIe root, and a socket has several")
    case .socket: break
    }
  }
}
