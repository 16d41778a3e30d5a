/// Splits along speakers: nobody is heard both in training and in the test.
extension Corpus {
    /// A fold for each speaker, who alone is tested, in natural order of the speakers.
    ///
    /// - Throws: `tooFewSpeakers` below two.
    package func leaveOneSpeakerOut() throws(CorpusError) -> [Fold] {
        let speakers = speakers
        if speakers.count < 2 { throw .tooFewSpeakers(corpus: name, speakers: speakers.count, needed: 2) }
        return speakers.map { fold(testing: [$0], name: $0) }
    }

    /// `count` folds of whole speakers, each speaker tested once.
    ///
    /// The speakers in natural order are cut into consecutive groups so that the groups' numbers of utterances differ least (least
    /// sum of squares; the earliest cuts where several are equal). Nothing is random, so a fold means the same to everybody: the
    /// 24 actors of RAVDESS in 6 folds are 1–4, 5–8, … , 21–24.
    ///
    /// - Throws: `tooFewSpeakers` where there are fewer than `count`.
    package func speakerFolds(_ count: Int) throws(CorpusError) -> [Fold] {
        let speakers = speakers
        if speakers.count < max(2, count) { throw .tooFewSpeakers(corpus: name, speakers: speakers.count, needed: max(2, count)) }
        let tally = Dictionary(utterances.map { ($0.speaker, 1) }, uniquingKeysWith: +)
        let sizes = speakers.map { tally[$0] ?? 0 }
        return consecutiveGroups(sizes, count: count).map { range in
            fold(testing: Set(speakers[range]), name: speakers[range].joined(separator: ","))
        }
    }

    /// The split that the corpus's publishers define: of its files, if they name one. Otherwise it is known for EmoDB: speakers 12, 14, 15 and 16
    /// test. Development data is for training; utterances without a part are left out.
    ///
    /// - Throws: `noOfficialSplit`.
    package func officialSplit() throws(CorpusError) -> [Fold] {
        let test = utterances.indices.filter { utterances[$0].split == .test }
        let train = utterances.indices.filter { [.train, .development].contains(utterances[$0].split) }
        if !test.isEmpty, !train.isEmpty { return [Fold(name: "test", train: train, test: test)] }
        guard kind == .emodb else { throw .noOfficialSplit(corpus: name) }
        return try testSplit(speakers: EmoDB.officialTestSpeakers)
    }

    /// One fold in which the given speakers test and all others train.
    ///
    /// - Throws: `unknownSpeaker`, `nothingToTest`.
    package func testSplit(speakers test: [String]) throws(CorpusError) -> [Fold] {
        let present = speakers
        for speaker in test where !present.contains(speaker) {
            throw .unknownSpeaker(speaker: speaker, corpus: name, present: present)
        }
        let chosen = Set(test)
        if chosen.count == present.count || chosen.isEmpty { throw .nothingToTest(corpus: name, speakers: test) }
        return [fold(testing: chosen, name: present.filter(chosen.contains).joined(separator: ","))]
    }

    private func fold(testing speakers: Set<String>, name: String) -> Fold {
        let isTest = utterances.map { speakers.contains($0.speaker) }
        return Fold(name: name, train: utterances.indices.filter { !isTest[$0] }, test: utterances.indices.filter { isTest[$0] })
    }
}

/// Cuts `sizes` into `count` consecutive, non-empty groups with the least sum of squared group sizes, by dynamic programming.
private func consecutiveGroups(_ sizes: [Int], count: Int) -> [Range<Int>] {
    let total = sizes.count
    let sums = sizes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    // best[k][n]: least cost of the first n in k groups; cut[k][n]: where the last of them begins.
    var best = [[Int]](repeating: [Int](repeating: .max, count: total + 1), count: count + 1)
    var cut = [[Int]](repeating: [Int](repeating: 0, count: total + 1), count: count + 1)
    best[0][0] = 0
    for groups in 1...count {
        for end in groups...total {
            for begin in (groups - 1)..<end where best[groups - 1][begin] != .max {
                let size = sums[end] - sums[begin]
                let cost = best[groups - 1][begin] + size * size
                if cost < best[groups][end] {
                    best[groups][end] = cost
                    cut[groups][end] = begin
                }
            }
        }
    }
    var ranges: [Range<Int>] = []
    var end = total
    for groups in stride(from: count, to: 0, by: -1) {
        ranges.append(cut[groups][end]..<end)
        end = cut[groups][end]
    }
    return ranges.reversed()
}
