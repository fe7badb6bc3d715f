public import LogReaders

// A placeholder until the catalogue of analytics is there: remove this file then.
public enum BuiltInAnalytics {
    public static func rules(for source: LogSource) -> [AlertRule] { [] }
}
