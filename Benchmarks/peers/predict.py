"""The work of a Python program for one prediction: load librosa and torch, read a file, compute MFCC, run an LSTM."""
import sys

import librosa
import torch

samples, rate = librosa.load(sys.argv[1], sr=16000)
frames = librosa.feature.mfcc(y=samples, sr=rate, n_mfcc=13, n_mels=26, n_fft=512, win_length=400, hop_length=160)
with torch.inference_mode():
    torch.nn.LSTM(13, 128)(torch.tensor(frames.T).unsqueeze(1))
