extension MadeFile {
    private static let kinds = [
        ("wav", ""), ("aiff", ""), ("au", ""), ("w64", ""), ("caf", ""), ("flac", ""), ("ogg", "-c:a libvorbis"), ("opus", "-c:a libopus"),
        ("mp3", ""),
        ("m4a", "-c:a aac"), ("mka", "-c:a flac"), ("wv", ""), ("aac", ""), ("tta", ""),
    ]

    /// Tags and padding before and after recordings: not sound, and not worth a warning.
    static let tags: [MadeFile] =
        kinds.flatMap { name, options in
            ["id3v1", "ape", "id3v2", "xmp", "zeros 5000"].map { tag in
                let file = "\(tag.prefix(5)).\(name)"
                return MadeFile(
                    name: file, script: "f \(options) a.\(name); { cat a.\(name); \(tag); } > \(file)", referee: .parts(["a.\(name)"]))
            }
        }
        + ["wav", "aiff", "au", "w64", "caf", "flac", "ogg", "mp3", "aac", "wv", "tta"].map { name in
            MadeFile(
                name: "before.\(name)", script: "f a.\(name); { id3v2; cat a.\(name); } > before.\(name)", referee: .parts(["a.\(name)"]))
        }
        + [
            MadeFile(name: "both.flac", script: "f a.flac; { id3v2; cat a.flac; ape; id3v1; } > both.flac", referee: .known(1.3)),
            MadeFile(name: "id3.aiff", script: "f -write_id3v2 1 -metadata title=x id3.aiff"),
            MadeFile(name: "tags.wav", script: "f -metadata title=x -metadata comment=y tags.wav"),
            MadeFile(name: "bext.wav", script: "f -write_bext 1 -metadata description=x bext.wav"),
            MadeFile(name: "peak.wav", script: "f -write_peak 1 peak.wav"),
            MadeFile(
                name: "chunks.wav",
                script:
                    "f a.wav; { cat a.wav; printf 'LIST\\004\\000\\000\\000INFOJUNK\\005\\000\\000\\000abcde\\000id3 \\004\\000\\000\\000abcd'; } > chunks.wav"
            ),
            MadeFile(
                name: "unpadded.wav",
                script:
                    "f -c:a pcm_u8 -t 1.000125 -bitexact a.wav; { cat a.wav | head -c $(($(stat -c %s a.wav))); printf 'LIST\\004\\000\\000\\000INFO'; } > unpadded.wav",
                referee: .known(1.0)),
            MadeFile(
                name: "junk.caf", script: "f a.caf; { cat a.caf; printf 'free\\000\\000\\000\\000\\000\\000\\000\\004abcd'; } > junk.caf"),
            MadeFile(
                name: "cover.mp3",
                script: "f -f lavfi -i color=s=32x32:d=1 -map 0:a -map 1:v -frames:v 1 -c:v png -disposition:v attached_pic cover.mp3"),
            MadeFile(
                name: "cover.m4a",
                script: "f -f lavfi -i color=s=32x32:d=1 -map 0:a -map 1:v -frames:v 1 -c:v png -disposition:v attached_pic cover.m4a"),
            MadeFile(
                name: "cover.flac",
                script: "f -f lavfi -i color=s=32x32:d=1 -map 0:a -map 1:v -frames:v 1 -c:v png -disposition:v attached_pic cover.flac"),
            // An odd or no extension: the content decides.
            MadeFile(name: "wave.mp3", script: "f a.wav; mv a.wav wave.mp3"),
            MadeFile(name: "mp3.wav", script: "f a.mp3; mv a.mp3 mp3.wav"),
            MadeFile(name: "flac", script: "f a.flac; mv a.flac flac"), MadeFile(name: "m4a.txt", script: "f a.m4a; mv a.m4a m4a.txt"),
            MadeFile(name: "ogg.wav", script: "f a.ogg; mv a.ogg ogg.wav"), MadeFile(name: "mka.ogg", script: "f a.mka; mv a.mka mka.ogg"),
            MadeFile(name: "A.WAV", script: "f a.wav; mv a.wav A.WAV"), MadeFile(name: "call.3gpp", script: "f -f 3gp -c:a aac call.3gpp"),
            MadeFile(name: "tone.m4r", script: "f -f ipod -c:a aac tone.m4r"), MadeFile(name: "a.amb", script: "s a.amb"),
        ]
}
