import StimmungTensors
import StimmungTensors
import Testing

/// Known answers from `reference/random_source.py`, an independent implementation.
///
/// Every trained model and every fold of an evaluation depend on these numbers.
struct RandomSourceReferenceTests {
    @Test(
        arguments: [
            (0, [0x99EC_5F36_CB75_F2B4, 0xBF6E_1F78_4956_452A, 0x1A5F_849D_4933_E6E0, 0x6AA5_94F1_262D_2D2C]),
            (5, [0x49D5_5178_CA54_CF69, 0x9A22_115A_4D26_24DC, 0xA648_B1CC_F0BB_BBAE, 0xD251_1E20_DE93_3BC5]),
            (.max, [0x8F55_20D5_2A7E_AD08, 0xC476_A018_CAA1_802D, 0x81DE_31C0_D260_469E, 0xBF65_8D7E_065F_3C2F]),
        ] as [(UInt64, [UInt64])])
    func next(seed: UInt64, expected: [UInt64]) {
        var random = RandomSource(seed: seed)
        #expect(random.firstValue == expected[0])
        #expect(expected.map { _ in random.next() } == expected)
    }

    @Test func streams() {
        let source = RandomSource(seed: 7)
        #expect(source.stream().firstValue == 0x4C06_C108_0CAA_5417)
        #expect(source.stream(0).firstValue == 0xDFB8_B1C5_9A07_D42D)
        #expect(source.stream(3).firstValue == 0x8056_8DAA_A2AE_92DB)
        #expect(source.stream(1, 2).firstValue == 0x5D68_F893_770B_2A71)
        #expect(source.stream(2, 1).firstValue == 0x2621_3BF2_1383_0EFE)
        #expect(source.stream(-1).firstValue == 0x535F_3FFF_73FB_B6AE)
    }

    @Test func uniform() {
        var random = RandomSource(seed: 11)
        let expected: [Float] = [0.22327417135238647, 0.08723437786102295, 0.24526071548461914, 0.443774938583374, 0.08525192737579346]
        #expect(expected.map { _ in random.uniform() } == expected)
    }

    @Test func uniformInRange() {
        var random = RandomSource(seed: 12)
        let expected: [Float] = [-0.4579169750213623, 2.0548062324523926, 2.473907470703125, 2.676938533782959, -0.5705125331878662]
        #expect(expected.map { _ in random.uniform(in: -2..<3) } == expected)
    }

    @Test func normal() {
        var random = RandomSource(seed: 13)
        let expected: [Float] = [
            0.15244543552398682, 2.0110785961151123, -1.3538049459457397, -0.4858020842075348, -1.2508686780929565, -1.2793020009994507,
        ]
        #expect(expected.map { _ in random.normal() } == expected)
    }

    @Test func index() {
        var random = RandomSource(seed: 14)
        let expected = [1: 0, 2: 1, 10: 9, 1000: 942, 1 << 40: 326_087_182_592, Int.max: 7_132_690_473_024_457_883]
        for bound in expected.keys.sorted() { #expect(random.index(below: bound) == expected[bound], "below \(bound)") }
    }

    @Test func permutation() {
        var random = RandomSource(seed: 15)
        #expect(random.permutation(12) == [0, 6, 9, 2, 7, 5, 11, 10, 1, 3, 4, 8])
    }

    @Test func wordsOfABitStream() {
        let expected: [UInt32] = [
            0x3950_9942, 0xEA90_52B6, 0xD87C_EFB1, 0x0459_6CE7, 0xE7FC_6EFF, 0xEC55_BD3F, 0x1672_7E05, 0x0D3E_A469,
            0xE7B4_DBF4, 0xCD97_EDA9, 0xC9AE_B31D, 0xB36D_64A3, 0x4EE9_38F9, 0xFBED_B078, 0x7F5E_72C2, 0x6869_A9B9,
            0xADE1_97D6, 0x033B_2ED2, 0xBC92_59BD, 0x606D_EACC, 0x08E6_555D, 0x92D6_9C1A, 0x1253_2245, 0x253D_A7AA,
            0xCD04_1029, 0xB96C_6F33, 0xEB6D_024F, 0xCA3C_13F9, 0x6EE0_6EB9, 0xD2DB_6855, 0xE13E_0CA7, 0xA403_E5B7,
            0xF0BA_52D5, 0xC3AD_4919, 0x4563_DEA9, 0x5737_EE62, 0x2E5B_6AF5, 0xD07F_3F85, 0x7146_A28A, 0x0ECE_7A13,
            0x3596_8557, 0xFFFB_12B7, 0xA35E_86D7, 0x38D6_1142, 0x9E85_4BFC, 0xF312_15B2, 0xC099_B7AF, 0xCEE2_EC1D,
            0xD11C_CAF6, 0x0D75_9AA0, 0x1E49_4AD3, 0x811A_2DDB, 0x7C02_48CB, 0x7B56_0D3C, 0x3E04_5D70, 0x778A_9237,
            0xD7F1_247E, 0xD342_347F, 0xF59B_DCE4, 0x62B1_66FC, 0x6A89_801E, 0x62BC_EB23, 0x77BD_5C41, 0x850D_90F2,
        ]
        var bits = BitStream(RandomSource(seed: 16))
        bits.withState { state in
            #expect(Array(UnsafeBufferPointer(start: state, count: 64)) == expected)
        }
    }
}
