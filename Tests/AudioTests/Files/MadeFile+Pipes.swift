extension MadeFile {
    /// Files whose length was never filled in, because the writer wrote into a pipe or was stopped.
    static let pipes: [MadeFile] =
        [
            "wav": [
                "-f wav", "-f wav -c:a pcm_u8", "-f wav -c:a pcm_s24le -ac 2", "-f wav -c:a pcm_f32le", "-f wav -c:a pcm_mulaw",
                "-f wav -c:a adpcm_ms", "-f wav -c:a adpcm_ima_wav", "-f wav -c:a libmp3lame -ar 44100", "-f wav -rf64 always",
                "-f wav -rf64 always -c:a pcm_s24le -ar 48000 -ac 2", "-f wav -rf64 auto", "-f wav -ac 6",
            ],
            "w64": ["-f w64", "-f w64 -c:a pcm_f32le -ac 2"],
            "aiff": ["-f aiff", "-f aiff -c:a pcm_s24be -ac 2", "-f aiff -c:a pcm_f32be", "-f aiff -c:a pcm_mulaw -ar 8000"],
            "au": ["-f au", "-f au -c:a pcm_f32be -ac 2", "-f au -c:a pcm_mulaw -ar 8000"],
            "caf": ["-f caf", "-f caf -c:a pcm_f32le -ac 2", "-f caf -c:a pcm_mulaw -ar 8000"],
            "flac": ["-f flac", "-f flac -ar 44100 -ac 2", "-f flac -sample_fmt s32"],
            "ogg": ["-f ogg -c:a libvorbis", "-f ogg -c:a libopus", "-f ogg -c:a flac"],
            "mka": ["-f matroska -c:a flac", "-f matroska -c:a aac", "-f matroska -c:a pcm_s16le", "-f webm -c:a libopus"],
            "mp3": ["-f mp3", "-f mp3 -q:a 3 -ar 44100 -ac 2"],
            "mp4": ["-f mp4 -movflags +frag_keyframe+empty_moov+default_base_moof -c:a aac", "-f ismv -c:a aac -ar 44100"],
            "ts": ["-f mpegts -c:a aac"], "nut": ["-f nut -c:a pcm_s16le"], "flv": ["-f flv -c:a aac -ar 44100"],
            "wma": ["-f asf -c:a wmav2 -ar 44100"],
            "voc": ["-f voc -c:a pcm_u8"], "wv": ["-f wv -c:a wavpack"], "tta": ["-f tta -c:a tta"], "avi": ["-f avi -c:a pcm_s16le"],
        ].sorted { $0.key < $1.key }.flatMap { name, options in
            options.enumerated().map { index, options in
                // ffmpeg takes the sizes that it did not fill in itself for 0.
                let isZero = ["w64", "aiff"].contains(name) || options.contains("always")
                return MadeFile(name: "\(index).\(name)", script: "p \(index).\(name) \(options)", referee: isZero ? .known(1.3) : .ffmpeg)
            }
        }
        + ["wav", "aiff", "au", "nist", "flac", "ogg", "wavpcm"].map {
            MadeFile(name: "s.\($0)", script: "q s.\($0) -t \($0)", referee: .known(1.3))
        }
        + [
            // SoX appends each of its attempts at a header.
            MadeFile(name: "s.caf", script: "q s.caf -t caf", expectation: .error("audio.truncated")),
            // Stopped before the sizes were filled in.
            MadeFile(
                name: "zero.wav", script: "f zero.wav; bytes zero.wav '\\000\\000\\000\\000' 4; bytes zero.wav '\\000\\000\\000\\000' 74",
                referee: .known(1.3)),
            MadeFile(
                name: "zero.aiff",
                script: "f zero.aiff; bytes zero.aiff '\\000\\000\\000\\000' 22; bytes zero.aiff '\\000\\000\\000\\000' 42",
                referee: .known(1.3)),
            MadeFile(name: "zero.au", script: "f zero.au; bytes zero.au '\\000\\000\\000\\000' 8", referee: .known(1.3)),
        ]
}
