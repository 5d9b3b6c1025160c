package attention

// Scores of pairs that do not look at each other begin with excluded, which
// nothing makes up for. e to the power of less than lowest is 0.
const (
	excluded = -1e30
	lowest   = -87
)
