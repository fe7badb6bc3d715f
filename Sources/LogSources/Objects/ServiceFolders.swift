internal import AWSClient
internal import Basics

/// The folders of AWS services in a bucket that several deliver to: `[PREFIX/]AWSLogs/[o-ID/]ACCOUNT/SERVICE/…`, or with
/// Hive's names `aws-account-id=ACCOUNT/aws-service=SERVICE`. A hunt reads those of its log, and passes the others by.
public struct ServiceFolders: Sendable, Hashable {
    /// What the names of the log's own folders begin with; `nil` for a log whose folders have any name.
    private let own: String?
    private let passesBy: Bool

    /// Every folder is read.
    public static let all = ServiceFolders(own: nil, passesBy: false)
    /// Events of every category.
    public static let cloudTrail = ServiceFolders(own: "CloudTrail", passesBy: true)
    public static let flowLogs = ServiceFolders(own: "vpcflowlogs", passesBy: true)
    /// Users choose where access logs are delivered, so that only the known folders of others are passed by.
    public static let accessLogs = ServiceFolders(own: nil, passesBy: true)

    /// The beginnings of the names of services' folders, as their user guides state them.
    private static let known = [
        "CloudTrail", "vpcflowlogs", "vpcdnsquerylogs", "Config", "elasticloadbalancing", "WAFLogs", "GuardDuty",
        "network-firewall", "globalaccelerator", "redshift", "VpcLattice", "verifiedaccess", "CloudFront", "route53",
    ]

    /// A folder of another service.
    struct Folder: Hashable {
        var service: String
        /// Ends with a slash.
        var path: String
    }

    /// - Parameters:
    ///   - path: of an object, or of a folder with a slash at its end.
    ///   - named: how many bytes of the path the user named: what stands there is wanted.
    /// - Returns: `nil` if the path leads into no folder of another service.
    func other(in path: String, below named: Int) -> Folder? {
        guard passesBy, path.utf8.count > named, path.contains("AWSLogs/") else { return nil }
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        guard let root = parts.lastIndex(of: "AWSLogs") else { return nil }
        parts = parts[(root + 1)...]
        if parts.first?.hasPrefix("o-") == true { parts = parts.dropFirst() }
        guard let account = parts.popFirst(), AccountID.isValid(Self.value(account, "aws-account-id")),
            let folder = parts.first, folder.utf8.startIndex >= path.utf8.index(path.utf8.startIndex, offsetBy: named)
        else { return nil }
        let service = Self.value(folder, "aws-service")
        guard isOther(service) else { return nil }
        return Folder(service: service, path: String(path[..<folder.endIndex]) + "/")
    }

    private func isOther(_ service: String) -> Bool {
        guard let own else { return Self.known.contains { service.hasPrefix($0) } }
        // A copy may have left the service's folder out.
        return !service.hasPrefix(own) && !Region.isWellFormed(service) && !DateFolders.isYear(service)
    }

    /// What stands behind Hive's name of a folder, or the whole name.
    private static func value(_ folder: Substring, _ name: String) -> String {
        String(folder.hasPrefix(name + "=") ? folder.dropFirst(name.count + 1) : folder)
    }

    static func counts(_ folders: Set<Folder>) -> [String: Int] {
        folders.reduce(into: [:]) { $0[$1.service, default: 0] += 1 }
    }
}
