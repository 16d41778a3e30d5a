import Boltzmann
