import Posture

/// VPC traffic is recorded in flow logs.
enum FlowLogs {
    static let checks: [any Check] = [
        VPCFlowLogs()
    ]
}
