import Hummingbird
import Pages
