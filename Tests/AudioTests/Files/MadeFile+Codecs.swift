extension MadeFile {
    /// Containers and codecs by ffmpeg, each at two of the rates and with two of the numbers of channels below.
    static let codecs: [MadeFile] = encoders.enumerated().flatMap { index, encoder in
        (0..<2).map { variant in
            let free = layouts[(index * 2 + variant) % layouts.count]
            let layout = encoder.rate.map { (rate: $0, channels: variant + 1) } ?? free
            let channels = min(layout.channels, encoder.mostChannels)
            let name = "\(index)-\(variant).\(encoder.extension)"
            return MadeFile(name: name, script: "f -ar \(layout.rate) -ac \(channels) \(encoder.options) \(name)")
        }
    }

    private static let layouts: [(rate: Int, channels: Int)] = [
        (8000, 1), (44100, 2), (16000, 1), (48000, 2), (22050, 1), (48000, 6), (32000, 2), (11025, 1), (24000, 2),
    ]

    private struct Encoder {
        let `extension`: String
        let options: String
        /// The only one that the codec has, in Hz.
        var rate: Int?
        var mostChannels = 2

        init(_ name: String, _ options: String, rate: Int? = nil, mostChannels: Int = 2) {
            (self.extension, self.options, self.rate, self.mostChannels) = (name, options, rate, mostChannels)
        }
    }

    private static let encoders: [Encoder] = [
        Encoder("wav", "-c:a pcm_u8"), Encoder("wav", "-c:a pcm_s16le", mostChannels: 6), Encoder("wav", "-c:a pcm_s24le", mostChannels: 6),
        Encoder("wav", "-c:a pcm_s32le"), Encoder("wav", "-c:a pcm_f32le", mostChannels: 6), Encoder("wav", "-c:a pcm_f64le"),
        Encoder("wav", "-c:a pcm_mulaw"), Encoder("wav", "-c:a pcm_alaw"), Encoder("wav", "-c:a adpcm_ms"),
        Encoder("wav", "-c:a adpcm_ima_wav"), Encoder("wav", "-c:a adpcm_yamaha"),
        Encoder("wav", "-c:a libgsm_ms", rate: 8000, mostChannels: 1),
        Encoder("wav", "-c:a libmp3lame", rate: 44100), Encoder("wav", "-c:a mp2", rate: 48000), Encoder("wav", "-c:a ac3", rate: 48000),
        Encoder("wav", "-c:a wmav2", rate: 44100), Encoder("wav", "-rf64 always -c:a pcm_s16le"),
        Encoder("wav", "-c:a g726", rate: 8000, mostChannels: 1),
        Encoder("w64", "-c:a pcm_s16le"), Encoder("w64", "-c:a pcm_f32le"), Encoder("w64", "-c:a adpcm_ms"),
        Encoder("aiff", "-c:a pcm_s8"), Encoder("aiff", "-c:a pcm_s16be"), Encoder("aiff", "-c:a pcm_s24be", mostChannels: 6),
        Encoder("aiff", "-c:a pcm_f32be"), Encoder("aiff", "-c:a pcm_mulaw"), Encoder("aif", "-c:a pcm_s16le"),
        Encoder("aiff", "-c:a adpcm_ima_qt"), Encoder("au", "-c:a pcm_s16be"), Encoder("au", "-c:a pcm_mulaw"),
        Encoder("au", "-c:a pcm_f64be"),
        Encoder("au", "-c:a pcm_alaw"), Encoder("snd", "-f au -c:a pcm_s24be"), Encoder("caf", "-c:a pcm_s16be"),
        Encoder("caf", "-c:a pcm_f32le"),
        Encoder("caf", "-c:a pcm_alaw"), Encoder("caf", "-c:a alac"), Encoder("caf", "-c:a flac"), Encoder("caf", "-c:a adpcm_ima_qt"),
        Encoder("flac", "-sample_fmt s16"), Encoder("flac", "-sample_fmt s32", mostChannels: 6), Encoder("oga", "-c:a flac"),
        Encoder("ogg", "-c:a libvorbis"), Encoder("ogg", "-c:a libvorbis -q:a 8"), Encoder("opus", "-c:a libopus", rate: 48000),
        Encoder("opus", "-c:a libopus -frame_duration 60", rate: 16000), Encoder("spx", "-c:a libspeex", rate: 16000),
        Encoder("spx", "-c:a libspeex", rate: 8000),
        Encoder("mka", "-c:a flac"), Encoder("mka", "-c:a pcm_s16le"), Encoder("mka", "-c:a libvorbis"), Encoder("mka", "-c:a aac"),
        Encoder("mka", "-c:a ac3", rate: 48000), Encoder("webm", "-c:a libopus", rate: 48000), Encoder("webm", "-c:a libvorbis"),
        Encoder("mkv", "-c:a libmp3lame", rate: 44100),
        Encoder("m4a", "-c:a aac"), Encoder("m4a", "-c:a alac"), Encoder("mp4", "-c:a aac -movflags +faststart"),
        Encoder("mp4", "-c:a libmp3lame", rate: 44100),
        Encoder("mp4", "-c:a libopus", rate: 48000), Encoder("mp4", "-c:a flac -strict -2"),
        Encoder("mp4", "-movflags +frag_keyframe+empty_moov -c:a aac"),
        Encoder("mov", "-c:a pcm_s16le"), Encoder("mov", "-c:a pcm_mulaw"), Encoder("mov", "-c:a adpcm_ima_qt"), Encoder("3gp", "-c:a aac"),
        Encoder("3g2", "-c:a aac"),
        Encoder("avi", "-c:a libmp3lame", rate: 44100), Encoder("avi", "-c:a pcm_s16le"), Encoder("avi", "-c:a ac3", rate: 48000),
        Encoder("wma", "-c:a wmav2", rate: 44100),
        Encoder("wma", "-c:a wmav1", rate: 22050), Encoder("asf", "-c:a libmp3lame", rate: 44100),
        Encoder("flv", "-c:a libmp3lame", rate: 44100), Encoder("flv", "-c:a aac", rate: 44100),
        Encoder("nut", "-c:a pcm_s16le"), Encoder("nut", "-c:a libvorbis"), Encoder("ts", "-c:a mp2", rate: 48000),
        Encoder("ts", "-c:a aac"), Encoder("m2ts", "-c:a ac3", rate: 48000),
        Encoder("mpg", "-c:a mp2", rate: 48000), Encoder("mp3", "-b:a 64k", rate: 44100),
        Encoder("mp3", "-q:a 4 -write_xing 0", rate: 22050), Encoder("mp3", "-b:a 32k", rate: 8000),
        Encoder("mp2", "-c:a mp2", rate: 32000), Encoder("aac", "-c:a aac"), Encoder("ac3", "-c:a ac3", rate: 48000),
        Encoder("eac3", "-c:a eac3", rate: 48000),
        Encoder("dts", "-strict -2 -c:a dca", rate: 48000), Encoder("tta", "-c:a tta"), Encoder("wv", "-c:a wavpack"),
        Encoder("voc", "-c:a pcm_u8"), Encoder("voc", "-c:a pcm_s16le"),
        Encoder("sox", "-c:a pcm_s32le"),
        Encoder("rm", "-c:a real_144", rate: 8000, mostChannels: 1), Encoder("wtv", "-c:a mp2", rate: 48000),
        Encoder("latm", "-f latm -c:a aac", rate: 44100), Encoder("gsm", "-c:a libgsm", rate: 8000, mostChannels: 1),
    ]
}
