package onnx

// scanned is overTime with ONNX's Scan: a small graph that is run for every
// step. A step that does not count leaves the state as it is.
func (e *exporter) scanned(c cell, x *value) string {
	units := c.Units
	xs := e.projected(c, x)
	start := e.zeroState(xs, units)
	body := newGraph(e.at + "/step")
	body.outer = e.graph
	s := scanBody{exporter: e.inside(body), c: c}

	var states []string
	inputs := []string{}
	for i := range c.states {
		state := body.unique(e.at + "/state_" + string(rune('1'+i)))
		states = append(states, state)
		inputs = append(inputs, start)
		body.inputs = append(body.inputs, port{name: state, elem: floatElem, shape: []int{-1, units}})
	}
	step := body.unique(e.at + "/x")
	body.inputs = append(body.inputs, port{name: step, elem: floatElem, shape: []int{-1, c.gates * units}})
	inputs = append(inputs, xs)
	after := s.step(step, states)
	if x.mask != "" {
		counts := body.unique(e.at + "/counts")
		body.inputs = append(body.inputs, port{name: counts, elem: boolElem, shape: []int{-1, 1}})
		turned := e.op("Transpose", attributes{"perm": []int{1, 0}}, x.mask)
		inputs = append(inputs, e.op("Unsqueeze", nil, turned, e.ints(2)))
		for i := range after {
			after[i] = s.op("Where", nil, counts, after[i], states[i])
		}
	}
	shown := s.op("Identity", nil, after[0])
	for _, name := range append(append([]string{}, after...), shown) {
		body.outputs = append(body.outputs, port{name: name, elem: floatElem, shape: []int{-1, units}})
	}
	return e.scan(c, body, x.mask != "", inputs)
}

// scan adds the operation itself and picks its result.
func (e *exporter) scan(c cell, body *graph, masked bool, inputs []string) string {
	scanned, way := 1, 0
	if masked {
		scanned = 2
	}
	if c.GoBackwards {
		way = 1
	}
	ways := []int{way}
	if masked {
		ways = append(ways, way)
	}
	outs := e.addMany("Scan", e.at+"/Scan", attributes{
		"body": body, "num_scan_inputs": scanned, "scan_input_directions": ways, "scan_output_directions": []int{way},
	}, c.states+1, inputs...)
	if c.ReturnSequences {
		return outs[c.states]
	}
	return outs[0]
}

// inside is an exporter that adds to another graph, for the same layer.
func (e *exporter) inside(g *graph) *exporter {
	inner := *e
	inner.graph = g
	return &inner
}

// projected is x·kernel + bias for all steps: (steps, batch, gates·units).
func (e *exporter) projected(c cell, x *value) string {
	n := c.gates * c.Units
	y := e.op("MatMul", nil, e.outer(x), e.storeWeight("kernel", x.shape[1], n))
	if values, _ := e.weight("bias"); values != nil {
		y = e.op("Add", nil, y, e.store("bias", []int{n}, func() []float32 { return values[:n] }))
	}
	return e.stepsFirst(y)
}

// zeroState is zeros (batch, units), for xs (steps, batch, …).
func (e *exporter) zeroState(xs string, units int) string {
	batch := e.op("Shape", attributes{"start": 1, "end": 2}, xs)
	return e.op("ConstantOfShape", nil, e.op("Concat", attributes{"axis": 0}, batch, e.ints(units)))
}

// scanBody writes one step.
type scanBody struct {
	*exporter
	c cell
}

// recurrent is a block of columns of the recurrent kernel.
func (s scanBody) recurrent(name string, from, to int) string {
	n := s.c.gates * s.c.Units
	return s.store(name, []int{s.c.Units, (to - from) * s.c.Units}, func() []float32 {
		values, _ := s.weight("recurrent_kernel")
		var out []float32
		for row := range s.c.Units {
			out = append(out, values[row*n+from*s.c.Units:row*n+to*s.c.Units]...)
		}
		return out
	})
}

// split takes gates apart.
func (s scanBody) split(x string, n int) []string {
	if n == 1 {
		return []string{x}
	}
	sizes := make([]int, n)
	for i := range sizes {
		sizes[i] = s.c.Units
	}
	return s.addMany("Split", s.at+"/Split", attributes{"axis": 1}, n, x, s.ints(sizes...))
}

// step computes the states after a step from x (batch, gates·units) and those
// before.
func (s scanBody) step(x string, before []string) []string {
	h := before[0]
	gate := func(x string) string { return s.activation(s.c.gate, x, -1) }
	bend := func(x string) string { return s.activation(s.c.Activation, x, -1) }
	switch {
	case s.c.op == "RNN":
		return []string{bend(s.op("Add", nil, x, s.op("MatMul", nil, h, s.recurrent("state_kernel", 0, 1))))}
	case s.c.op == "LSTM":
		z := s.split(s.op("Add", nil, x, s.op("MatMul", nil, h, s.recurrent("state_kernel", 0, 4))), 4)
		in, forget, fresh, out := gate(z[0]), gate(z[1]), bend(z[2]), gate(z[3])
		c := s.op("Add", nil, s.op("Mul", nil, forget, before[1]), s.op("Mul", nil, in, fresh))
		return []string{s.op("Mul", nil, out, bend(c)), c}
	case s.c.resetBefore:
		parts := s.split(x, 3)
		z := s.split(s.op("MatMul", nil, h, s.recurrent("gate_kernel", 0, 2)), 2)
		update, reset := gate(s.op("Add", nil, parts[0], z[0])), gate(s.op("Add", nil, parts[1], z[1]))
		seen := s.op("MatMul", nil, s.op("Mul", nil, reset, h), s.recurrent("fresh_kernel", 2, 3))
		return []string{s.blend(update, h, bend(s.op("Add", nil, parts[2], seen)))}
	}
	y := s.op("MatMul", nil, h, s.recurrent("state_kernel", 0, 3))
	if values, _ := s.weight("bias"); values != nil {
		n := 3 * s.c.Units
		y = s.op("Add", nil, y, s.store("state_bias", []int{n}, func() []float32 { return values[n:] }))
	}
	parts, z := s.split(x, 3), s.split(y, 3)
	update, reset := gate(s.op("Add", nil, parts[0], z[0])), gate(s.op("Add", nil, parts[1], z[1]))
	fresh := bend(s.op("Add", nil, parts[2], s.op("Mul", nil, reset, z[2])))
	return []string{s.blend(update, h, fresh)}
}

// blend is z·h + (1−z)·g.
func (s scanBody) blend(z, h, g string) string {
	return s.op("Add", nil, g, s.op("Mul", nil, z, s.op("Sub", nil, h, g)))
}
