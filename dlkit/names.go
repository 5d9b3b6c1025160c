package dlkit

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// names gives every layer of a model a name: its own, or its kind and a number.
type names struct {
	taken  map[string]bool
	counts map[string]int
}

func newNames() *names { return &names{map[string]bool{}, map[string]int{}} }

func (n *names) give(l any) (string, error) {
	if own, ok := l.(interface{ layerName() string }); ok && own.layerName() != "" {
		name := own.layerName()
		if strings.ContainsAny(name, "/:") {
			return name, fmt.Errorf("the name %q holds a / or a :, which separate weights' names", name)
		}
		if n.taken[name] {
			return name, fmt.Errorf("the name %q is already taken by another layer", name)
		}
		n.taken[name] = true
		return name, nil
	}
	kind := snakeCase(className(l))
	for {
		n.counts[kind]++
		name := fmt.Sprintf("%s_%d", kind, n.counts[kind])
		if !n.taken[name] {
			n.taken[name] = true
			return name, nil
		}
	}
}

// usedBefore is the position of the very same layer value in the list, or -1.
// Only pointers can be the same; values such as ReLU may stand anywhere.
func usedBefore(l Layer, list []Layer) int {
	if reflect.TypeOf(l).Kind() != reflect.Pointer || reflect.TypeOf(l).Elem().Size() == 0 {
		return -1
	}
	return slices.IndexFunc(list, func(other Layer) bool { return other == l })
}

func isNil(l any) bool {
	v := reflect.ValueOf(l)
	return !v.IsValid() || (v.Kind() == reflect.Pointer && v.IsNil())
}

// sortedValues lists a map's values in order.
func sortedValues[K comparable](m map[K]string) []string {
	out := make([]string, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}
