import Posture

/// What flows through a VPC is recorded.
enum FlowLogs {
    static let checks: [any Check] = [
        VPCFlowLogs()
    ]
}
