package kept

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Diff names what differs between two canonical inputs, one text a field, in
// the order of the paths: "Epochs 5 → 10", "Layers[1].Units 64 → 128",
// "Dropout (absent) → 0.5". Equal inputs give none. Inputs that are no JSON
// count as unreadable.
func Diff(before, after []byte) []string {
	b, errB := decode(before)
	a, errA := decode(after)
	if errB != nil || errA != nil {
		return []string{"inputs unreadable"}
	}
	was, now := map[string]string{}, map[string]string{}
	flatten(b, "", was)
	flatten(a, "", now)
	paths := slices.Sorted(maps.Keys(was))
	for p := range now {
		if _, ok := was[p]; !ok {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	var out []string
	for _, p := range paths {
		w, n := leaf(was, p), leaf(now, p)
		if w != n && !covered(was, now, p) {
			w, n = apart(w, n)
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s → %s", p, w, n)))
		}
	}
	return out
}

// covered says that a field differs only because the value it belongs to is of
// another type, which has a line of its own.
func covered(was, now map[string]string, path string) bool {
	for at := strings.LastIndexAny(path, ".["); at >= 0; at = strings.LastIndexAny(path[:at], ".[") {
		p := join(path[:at], "type")
		if p != path && leaf(was, p) != leaf(now, p) {
			return true
		}
	}
	return path != "type" && leaf(was, "type") != leaf(now, "type")
}

func leaf(leaves map[string]string, path string) string {
	if s, ok := leaves[path]; ok {
		return s
	}
	return "(absent)"
}

func flatten(tree any, path string, out map[string]string) {
	switch x := tree.(type) {
	case map[string]any:
		for k, v := range x {
			flatten(v, join(path, k), out)
		}
	case []any:
		out[join(path, "length")] = strconv.Itoa(len(x))
		for i, v := range x {
			flatten(v, fmt.Sprintf("%s[%d]", path, i), out)
		}
	case json.Number:
		out[path] = x.String()
	case string:
		out[path] = strconv.Quote(x)
	case nil:
		out[path] = "nil"
	default:
		out[path] = fmt.Sprint(x)
	}
}

func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// apart keeps a line readable: of two long texts it shows where they begin to
// differ.
func apart(a, b string) (string, string) {
	from, of := []rune(a), []rune(b)
	same := 0
	for same < len(from) && same < len(of) && from[same] == of[same] {
		same++
	}
	return short(from, same), short(of, same)
}

// short shows a text from a little before a place on.
func short(s []rune, at int) string {
	const most, before = 42, 12
	if len(s) <= most {
		return string(s)
	}
	start := max(0, min(at-before, len(s)-most))
	end := min(start+most, len(s))
	text := string(s[start:end])
	if start > 0 {
		text = "…" + text
	}
	if end < len(s) {
		text += "…"
	}
	return text
}
