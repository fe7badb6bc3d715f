internal import CSimdJSON

/// The fields of CloudTrail's records that are read, and the filters that a record must pass. Made once and shared by
/// the readers of all threads.
public final class CloudTrailPlan: Sendable {
    /// Never changed after the initializer.
    nonisolated(unsafe) let plan: OpaquePointer

    /// - Parameters:
    ///   - filters: `nil` lets every record through, an empty list none.
    ///   - light: the records besides, of which few fields are read.
    public init(fields: FieldList, filters: [RecordFilter]? = nil, light: LightRecords? = nil) {
        plan = json_plan_new()
        for path in fields.paths {
            Self.withCharacters(of: path) { json_plan_field(plan, $0, $1) }
        }
        guard let filters else { return }
        json_plan_close(plan)
        for filter in filters { add(filter, json_plan_filter) }
        guard let light else { return }
        for field in light.fields {
            Self.withCharacters(of: fields.paths[field]) { json_plan_light_field(plan, $0, $1) }
        }
        if let filters = light.filters {
            for filter in filters { add(filter, json_plan_light_filter) }
        } else {
            json_plan_light_all(plan)
        }
    }

    private typealias Adder = (
        OpaquePointer?, UnsafePointer<CChar>?, Int, json_test, UnsafePointer<UInt8>?, Int
    ) -> Void

    private func add(_ filter: RecordFilter, _ adder: Adder) {
        for value in filter.test == .exists ? [[]] : filter.values {
            Self.withCharacters(of: filter.field) { path, length in
                adder(plan, path, length, filter.test.inC, value, value.count)
            }
        }
    }

    deinit { json_plan_free(plan) }

    private static func withCharacters(of text: String, _ body: (UnsafePointer<CChar>, Int) -> Void) {
        text.withCString { body($0, text.utf8.count) }
    }
}

extension RecordFilter.Test {
    fileprivate var inC: json_test {
        switch self {
        case .equals: JSON_TEST_EQUALS
        case .hasPrefix: JSON_TEST_PREFIX
        case .hasSuffix: JSON_TEST_SUFFIX
        case .contains: JSON_TEST_CONTAINS
        case .exists: JSON_TEST_EXISTS
        }
    }
}
