internal import AWSClient
internal import Basics

/// The folders of AWS services in a bucket that several services deliver to:
/// `[PREFIX/]AWSLogs/[o-ID/]ACCOUNT/SERVICE/…`, or with Hive's names `aws-account-id=ACCOUNT/aws-service=SERVICE`. A
/// hunt reads the folders of its log and skips the others.
public struct ServiceFolders: Sendable, Hashable {
    /// Prefix of the names of the log's own folders; `nil` if the log's folders can have any name.
    private let own: String?
    private let passesBy: Bool

    /// Every folder is read.
    public static let all = ServiceFolders(own: nil, passesBy: false)
    /// CloudTrail events of every category.
    public static let cloudTrail = ServiceFolders(own: "CloudTrail", passesBy: true)
    public static let flowLogs = ServiceFolders(own: "vpcflowlogs", passesBy: true)
    /// Server access logs. Users choose the folder of delivery, so only known folders of other services are skipped.
    public static let accessLogs = ServiceFolders(own: nil, passesBy: true)

    /// Prefixes of the names of services' folders, as the services' user guides state them.
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
    ///   - path: the path of an object, or of a folder with a slash at its end.
    ///   - named: the number of leading bytes of the path that the user named. A folder named there is wanted.
    /// - Returns: the folder of another service; `nil` if the path leads into none.
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
        // A copy of the logs can lack the folder of the service, or have it in lower case.
        return !service.lowercased().hasPrefix(own.lowercased())
            && !Region.isWellFormed(service) && !DateFolders.isYear(service)
    }

    /// Value of a folder with a Hive name (`NAME=VALUE`), or the whole name of another folder.
    private static func value(_ folder: Substring, _ name: String) -> String {
        String(folder.hasPrefix(name + "=") ? folder.dropFirst(name.count + 1) : folder)
    }

    static func counts(_ folders: Set<Folder>) -> [String: Int] {
        folders.reduce(into: [:]) { $0[$1.service, default: 0] += 1 }
    }
}
