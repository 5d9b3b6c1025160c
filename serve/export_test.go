package serve

// AtWork is how many requests are being worked on.
func (s *Server) AtWork() int { return len(s.slots) }
