package dlkit

// within runs fn for a layer inside the current one: its weights' names begin
// with the outer layer's name and its own, "bidirectional_1/forward_lstm/kernel".
func (b *Builder) within(name string, fn func()) {
	outer := b.layer
	b.layer = outer + "/" + name
	defer func() { b.layer = outer }()
	fn()
}

// innerName is what a layer inside another is called: its own name, or its
// kind.
func innerName(l Layer) string {
	if own, ok := l.(interface{ layerName() string }); ok && own.layerName() != "" {
		return own.layerName()
	}
	return snakeCase(className(l))
}
