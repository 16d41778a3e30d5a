extension MadeFile {
    /// Recordings put together with `cat`.
    static let joined: [MadeFile] =
        [
            "wav", "wav -c:a pcm_u8", "wav -c:a pcm_f32le -ac 2", "wav -c:a pcm_mulaw", "wav -c:a adpcm_ms", "wav -rf64 always", "aiff",
            "aiff -c:a pcm_f32be", "au", "w64", "caf", "flac", "flac -ac 2 -ar 44100", "m4a -c:a aac", "mov -c:a pcm_s16le",
            "mka -c:a flac", "mka -c:a aac",
        ]
        .enumerated().map { index, kind in
            let name = "\(index).\(kind.prefix { $0 != " " })"
            let options = kind.drop { $0 != " " }
            return MadeFile(
                name: name, script: "f\(options) a-\(name); f\(options) -t 0.7 b-\(name); cat a-\(name) b-\(name) > \(name)",
                referee: .parts(["a-\(name)", "b-\(name)"]),
                expectation: .sameWithWarning("audio.longer-than-declared"))
        }
        // Streams without a header, and the chains of Ogg: nothing unusual.
        + [
            "mp3", "mp3 -write_xing 0", "aac", "ac3 -ar 48000", "mp2 -ar 48000", "ts -c:a mp2 -ar 48000", "ogg -c:a libvorbis",
            "opus -c:a libopus", "oga -c:a flac", "spx -c:a libspeex",
        ]
        .enumerated().map { index, kind in
            let name = "stream\(index).\(kind.prefix { $0 != " " })"
            let options = kind.drop { $0 != " " }
            return MadeFile(
                name: name, script: "f\(options) a-\(name); f\(options) -t 0.7 b-\(name); cat a-\(name) b-\(name) a-\(name) > \(name)",
                referee: name.hasSuffix("mp3") ? .ffmpeg : .parts(["a-\(name)", "b-\(name)", "a-\(name)"]))
        }
        + [
            // Other rates and channels further on.
            MadeFile(
                name: "mixed.ogg", script: "f a.ogg; t b.ogg; cat a.ogg b.ogg > mixed.ogg", referee: .known(2.2),
                expectation: .sameWithWarning("audio.mixed-formats")),
            MadeFile(
                name: "mixed.opus", script: "f a.opus; t b.opus; cat b.opus a.opus > mixed.opus", referee: .known(2.2),
                expectation: .sameWithWarning("audio.mixed-formats")),
            MadeFile(
                name: "codecs.ogg",
                script: "f -c:a libvorbis a.ogg; f -c:a libspeex b.ogg; f -c:a flac c.ogg; cat a.ogg b.ogg c.ogg > codecs.ogg",
                referee: .parts(["a.ogg", "b.ogg", "c.ogg"])),
            MadeFile(name: "film.ogv", script: "f -f lavfi -i color=s=64x64:d=1.3 -c:v libtheora -c:a libvorbis film.ogv"),
            MadeFile(name: "two.ogg", script: "f -i \"$T\" -map 0:a -map 1:a -c:a libvorbis two.ogg"),
            MadeFile(
                name: "films.ogv",
                script: "f -f lavfi -i color=s=64x64:d=1.3 -c:v libtheora -c:a libvorbis a.ogv; cat a.ogv a.ogv > films.ogv",
                referee: .known(2.6)),
            MadeFile(
                name: "three.wav", script: "f a.wav; cat a.wav a.wav a.wav > three.wav", referee: .known(3.9),
                expectation: .sameWithWarning("audio.longer-than-declared")),
            MadeFile(
                name: "piped.wav", script: "p a.wav -f wav; cat a.wav a.wav > piped.wav", referee: .known(2.6),
                expectation: .sameWithWarning("audio.longer-than-declared")),
            MadeFile(
                name: "tagged.flac", script: "f a.flac; { cat a.flac; id3v1; cat a.flac; id3v1; } > tagged.flac", referee: .known(2.6),
                expectation: .sameWithWarning("audio.longer-than-declared")),
            MadeFile(
                name: "lists.wav", script: "f a.wav; printf 'LIST\\004\\000\\000\\000INFO' >> a.wav; cat a.wav a.wav > lists.wav",
                referee: .known(2.6), expectation: .sameWithWarning("audio.longer-than-declared")),
            // A size that is too small, and a second chunk.
            MadeFile(
                name: "half.wav", script: "s a.wav; cp a.wav half.wav; bytes half.wav '\\120\\120\\000\\000' 40", referee: .known(1.3),
                expectation: .sameWithWarning("audio.longer-than-declared")),
            MadeFile(
                name: "half.au", script: "f half.au; bytes half.au '\\000\\000\\120\\120' 8", referee: .known(1.3),
                expectation: .sameWithWarning("audio.longer-than-declared")),
            MadeFile(
                name: "half.aiff", script: "f half.aiff; bytes half.aiff '\\000\\000\\120\\120' 42", referee: .known(1.3),
                expectation: .sameWithWarning("audio.longer-than-declared")),
            MadeFile(
                name: "half24.wav",
                script: "s -b 24 -c 2 half24.wav; bytes half24.wav '\\121\\120\\000\\000' 76",
                referee: .known(1.3), expectation: .sameWithWarning("audio.longer-than-declared")),
            MadeFile(
                name: "halflist.wav",
                script:
                    "s a.wav; { cat a.wav; printf 'LIST\\004\\000\\000\\000INFO'; } > halflist.wav; bytes halflist.wav '\\120\\120\\000\\000' 40",
                referee: .known(1.3), expectation: .sameWithWarning("audio.longer-than-declared")),
            MadeFile(
                name: "chunks.wav", script: "s a.wav; { cat a.wav; printf 'data\\200\\242\\000\\000'; tail -c 41600 a.wav; } > chunks.wav",
                referee: .known(2.6), expectation: .sameWithWarning("audio.longer-than-declared")),
            // What is not sound, or not in the same format.
            MadeFile(
                name: "noise.wav", script: "s a.wav; { cat a.wav; noise 40000; } > noise.wav", expectation: .warning("audio.unread-data")),
            MadeFile(
                name: "other.wav", script: "s a.wav; f b.mp3; cat a.wav b.mp3 > other.wav", expectation: .warning("audio.unread-data")),
            MadeFile(
                name: "float.wav", script: "f -c:a pcm_f32le a.wav; { cat a.wav; noise 40000; } > float.wav",
                expectation: .warning("audio.unread-data")),
            MadeFile(
                name: "rates.wav", script: "f a.wav; t b.wav; cat a.wav b.wav > rates.wav", referee: .known(2.2),
                expectation: .warning("audio.mixed-formats")),
        ]
        // A stream that begins after the film: silence before it.
        + [
            "mp4 -c:v mpeg4 -c:a aac", "mkv -c:v mpeg4 -c:a aac", "ts -c:v mpeg2video -c:a mp2 -ar 48000", "webm -c:v libvpx -c:a libopus",
            "mov -c:v mpeg4 -c:a pcm_s16le", "flv -c:v flv -c:a libmp3lame -ar 44100", "mpg -c:v mpeg2video -c:a mp2 -ar 44100",
            "nut -c:v mpeg4 -c:a aac", "wmv -c:v wmv2 -c:a wmav2 -ar 44100", "ogv -c:v libtheora -c:a libvorbis",
        ]
        .enumerated().map { index, kind in
            let name = "late\(index).\(kind.prefix { $0 != " " })"
            return MadeFile(
                name: name,
                script:
                    "ffmpeg -nostdin -v error -y -f lavfi -i color=s=64x64:d=1 -itsoffset 2 -i \"$S\"\(kind.drop { $0 != " " }) \(name) 2>/dev/null",
                referee: .known(3.33))
        }

    static let all = codecs + pipes + tags + joined
}
