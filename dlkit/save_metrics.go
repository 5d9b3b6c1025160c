package dlkit

// addMetrics writes the metrics down as they were given.
func (s *savedCompile) addMetrics(c CompileConfig) (err error) {
	if s.Metrics, err = encodeMetrics(c.Metrics); err != nil {
		return err
	}
	if s.WeightedM, err = encodeMetrics(c.WeightedMetrics); err != nil {
		return err
	}
	for _, list := range c.OutputMetrics {
		tags, err := encodeMetrics(list)
		if err != nil {
			return err
		}
		s.OutputM = append(s.OutputM, tags)
	}
	return nil
}

// metrics reads what addMetrics wrote.
func (s *savedCompile) metrics(c *CompileConfig, k kinds) (err error) {
	if c.Metrics, err = k.decodeMetrics(s.Metrics); err != nil {
		return err
	}
	if c.WeightedMetrics, err = k.decodeMetrics(s.WeightedM); err != nil {
		return err
	}
	for _, tags := range s.OutputM {
		list, err := k.decodeMetrics(tags)
		if err != nil {
			return err
		}
		c.OutputMetrics = append(c.OutputMetrics, list)
	}
	return nil
}

// encodeMetrics keeps nil, which stands for a choice by default, and empty
// lists apart.
func encodeMetrics(list []Metric) ([]*tagged, error) {
	if list == nil {
		return nil, nil
	}
	out := make([]*tagged, len(list))
	for i, m := range list {
		t, err := encodeTagged(m)
		if err != nil {
			return nil, err
		}
		out[i] = t
	}
	return out, nil
}

func (k kinds) decodeMetrics(tags []*tagged) ([]Metric, error) {
	if tags == nil {
		return nil, nil
	}
	out := make([]Metric, len(tags))
	for i, t := range tags {
		if err := decodeInto(k, t, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
