/// Finds samples of different steps in the order of the steps.
///
/// For each step and each chain length, it keeps the chain that began last. A sample of a later step extends a chain.
/// Samples with the same time may follow each other, but one event cannot match two steps.
struct OrderedSearch {
    /// In milliseconds.
    let timespan: Int64
    let stepCount: Int
    /// How many steps must match.
    let least: Int

    private struct Chain {
        var start: Int64
        var firstSample: Int
        var lastEvent: Int64
    }

    func episodes(in samples: [Sample]) -> [Episode] {
        var episodes: [Episode] = []
        // Two chains for each step and length, which end in different events. The second is used if the first ends in
        // the event of the current sample.
        var chains = Array(repeating: Array(repeating: [Chain](), count: least + 1), count: stepCount)
        var isOpen = false
        for (index, sample) in inOrder(samples) {
            if least == 1 {
                finish(index, sample, Chain(start: sample.time, firstSample: index, lastEvent: sample.event))
            }
            for length in stride(from: least, to: 1, by: -1) {
                var best: Chain?
                for step in 0..<sample.step {
                    for chain in chains[step][length - 1]
                    where chain.lastEvent != sample.event && sample.time - chain.start <= timespan {
                        if best.map({ chain.start > $0.start }) ?? true { best = chain }
                    }
                }
                guard let best else { continue }
                if length == least {
                    finish(index, sample, best)
                } else {
                    keep(
                        Chain(start: best.start, firstSample: best.firstSample, lastEvent: sample.event), sample.step,
                        length)
                }
            }
            if least > 1 {
                keep(Chain(start: sample.time, firstSample: index, lastEvent: sample.event), sample.step, 1)
            }
        }
        return episodes

        func keep(_ chain: Chain, _ step: Int, _ length: Int) {
            var known = chains[step][length].filter { $0.lastEvent != chain.lastEvent || $0.start > chain.start }
            if known.contains(where: { $0.lastEvent == chain.lastEvent }) { return }
            known.insert(chain, at: 0)
            known.sort { $0.start > $1.start }
            chains[step][length] = Array(known.prefix(2))
        }

        func finish(_ index: Int, _ sample: Sample, _ chain: Chain) {
            if isOpen, let last = episodes.last, let before = last.instants.last, sample.time - before <= timespan {
                let range = last.samples.lowerBound..<max(last.samples.upperBound, index + 1)
                episodes[episodes.count - 1].samples = range
                episodes[episodes.count - 1].instants.append(sample.time)
            } else {
                isOpen = true
                let low = min(chain.firstSample, index)
                episodes.append(
                    Episode(
                        samples: low..<max(index, chain.firstSample) + 1, instants: [sample.time],
                        measure: Double(least)))
            }
        }
    }

    /// Sorts by time. Samples with the same time are sorted by step, since their order is unknown.
    private func inOrder(_ samples: [Sample]) -> [(Int, Sample)] {
        samples.enumerated().sorted {
            ($0.element.time, $0.element.step, $0.offset) < ($1.element.time, $1.element.step, $1.offset)
        }.map { ($0.offset, $0.element) }
    }
}
