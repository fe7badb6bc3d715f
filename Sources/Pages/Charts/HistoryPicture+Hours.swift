extension HistoryPicture {
    /// The value of one hour, with its normal range.
    public struct Hour: Sendable, Hashable {
        /// Hours since 1970.
        public var hour: Int
        public var value: Double
        public var usual: Band?
        public var isUnusual: Bool

        public init(hour: Int, value: Double, usual: Band?, isUnusual: Bool) {
            self.hour = hour
            self.value = value
            self.usual = usual
            self.isUnusual = isUnusual
        }
    }

    /// The values of hours. An hour without a value is 0.
    /// - Parameters:
    ///   - hours: in order.
    ///   - span: the hours that were read, since 1970; `nil` if only those from the first value to the last are known.
    ///   - most: the greatest number of hours that are drawn, the last ones.
    ///   - name: the text alternative.
    /// - Returns: `nil` if there are fewer than two hours.
    public init?(
        _ hours: [Hour], within span: ClosedRange<Int>? = nil, most: Int, unit: String, name: String,
        amount: (Double) -> String
    ) {
        guard var first = hours.first?.hour, var last = hours.last?.hour else { return nil }
        if let span { (first, last) = (min(first, span.lowerBound), max(last, span.upperBound)) }
        guard last > first else { return nil }
        let start = max(first, last - most + 1)
        var values = Array(repeating: 0.0, count: last - start + 1)
        var bands: [Band?] = Array(repeating: nil, count: values.count)
        var marks: Set<Int> = []
        for hour in hours where values.indices.contains(hour.hour - start) {
            let place = hour.hour - start
            values[place] = hour.value.isFinite ? max(0, hour.value) : 0
            bands[place] = hour.usual
            if hour.isUnusual { marks.insert(place) }
        }
        self.init(
            values, usual: bands.count == 1 ? [] : bands, unusual: marks, unit: unit, lastHour: last, name: name,
            amount: amount)
    }
}
