import Basics
import Foundation
import Pages
import Store

/// The shared responsibility model: what AWS answers for and where its proof is, and what the customer answers for, with
/// the state of each part.
///
/// Source: AWS, "Shared Responsibility Model"; AWS Artifact User Guide; AWS, "AWS Compliance Programs".
struct ResponsibilityPage {
    let page: Page

    /// A part of the cloud that AWS answers for.
    private static let ofAWS: [(part: String, duty: String, proof: String)] = [
        (
            "Facilities", "Data centers: physical access, power, cooling, fire protection, disposal of media",
            "SOC 1 and SOC 2 reports, ISO/IEC 27001 certificate, PCI DSS attestation of compliance"
        ),
        (
            "Hardware", "Servers, storage and network devices, their firmware, their replacement",
            "SOC 2 report, ISO/IEC 27001 and 27017 certificates"
        ),
        (
            "Global network", "The backbone between Regions, Availability Zones and edge locations",
            "SOC 2 report, ISO/IEC 27017 certificate, CSA STAR registration"
        ),
        (
            "Virtualization", "The Nitro System and hypervisors that separate customers",
            "SOC 2 report, the third-party assessment of the Nitro System"
        ),
        (
            "Managed services", "The software behind S3, RDS, Lambda and the other services: patches, availability",
            "SOC 2 report for the services in scope, PCI DSS responsibility summary"
        ),
        (
            "Personal data in AWS's hands", "Processing as the customer instructs",
            "ISO/IEC 27018 and 27701 certificates, the AWS Data Processing Addendum"
        ),
        (
            "Continuity", "Recovery of AWS's own services",
            "ISO 22301 certificate, SOC 2 report (availability)"
        ),
    ]

    private static let ofCustomer: [(Responsibility, duty: String)] = [
        (.monitoring, "Which activity is logged, that the logs are complete and unchanged, and who reads them"),
        (.identity, "Who is allowed to do what, with which credentials, and for how long"),
        (.network, "Which ports and addresses can be reached, and from where"),
        (.data, "Encryption, access and deletion of your content, logs included"),
        (.workloads, "Operating systems, applications and their configuration"),
    ]

    init(_ pages: DashboardPages, _ request: PageRequest) throws {
        var sums: [String: [String: Int]] = [:]
        for count in try pages.store.practiceCounts(at: request.now) {
            sums[count.practice, default: [:]][count.status, default: 0] += count.count
        }
        let order = ["fail", "unknown", "manual", "muted", "pass", "notApplicable"]
        func state(_ counts: [String: Int]) -> String {
            ["fail", "unknown", "manual", "pass", "muted", "notApplicable"].first { counts[$0, default: 0] > 0 }
                ?? "none"
        }
        func row(_ practice: Practice) -> [String: Any] {
            let counts = sums[practice.id] ?? [:]
            let state = state(counts)
            let words = order.compactMap { status in
                counts[status].map { "\(Figures.count($0)) \(Shown.words(status).lowercased())" }
            }
            let bar: Any =
                counts.isEmpty ? false : StatusBar.drawing(order.map { ($0, counts[$0] ?? 0) }).model
            return [
                "title": practice.title, "number": "\(practice.number)",
                "path": Link("/findings", ["practice": practice.id]).text,
                "status": state == "none" ? Shown.mark("none", "Not examined") : Shown.status(state),
                "words": words.joined(separator: ", "), "drawing": bar,
            ]
        }
        let parts = Self.ofCustomer.map { responsibility, duty -> [String: Any] in
            let name = responsibility.rawValue
            return [
                "name": name.prefix(1).uppercased() + name.dropFirst(), "duty": duty,
                "practices": Practice.all.filter { $0.responsibility == responsibility }.map(row),
            ]
        }
        let aws = Self.ofAWS.map { ["part": $0.part, "duty": $0.duty, "proof": $0.proof] }
        page = Page(
            template: "responsibility", title: "Shared responsibility", model: ["aws": aws, "parts": parts])
    }

    static let template = """
        {{<frame}}{{$main}}
        <h1>Shared responsibility</h1><p class="quiet">AWS answers for the security of the cloud. You answer for the security of what you put into it, and Parapet examines that half.</p>
        <section class="shared"><h2>You answer for</h2>
        {{#parts}}<section class="card wide-gap"><h3>{{.name}}</h3><p class="quiet">{{.duty}}</p><table class="cards"><thead><tr><th scope="col">Practice</th><th scope="col">State</th><th scope="col">Findings</th><th scope="col">Shares</th></tr></thead><tbody>{{#.practices}}<tr><td data-title="Practice"><span>{{.number}}. <a href="{{.path}}">{{.title}}</a></span></td><td data-title="State">{{>status}}</td><td data-title="Findings"><span class="quiet">{{.words}}</span></td><td data-title="">{{>drawing}}</td></tr>{{/.practices}}</tbody></table></section>{{/parts}}</section>
        <section class="shared"><h2>AWS answers for</h2><p class="quiet">Parapet cannot examine this half. Auditors did: their reports are in <a href="https://console.aws.amazon.com/artifact/" rel="noopener noreferrer">AWS Artifact</a>, and the programs are listed at <a href="https://aws.amazon.com/compliance/programs/" rel="noopener noreferrer">AWS Compliance Programs</a>.</p>
        <div class="card wide-gap"><table class="cards"><thead><tr><th scope="col">Part</th><th scope="col">What AWS does</th><th scope="col">Proof to request</th></tr></thead><tbody>{{#aws}}<tr><td data-title="Part" class="strong">{{.part}}</td><td data-title="What AWS does">{{.duty}}</td><td data-title="Proof">{{.proof}}</td></tr>{{/aws}}</tbody></table></div></section>
        {{/main}}{{/frame}}
        """
}
