package parallel

// pause tells the processor that a loop waits, which leaves more of it to the
// other thread of the same core.
func pause()
