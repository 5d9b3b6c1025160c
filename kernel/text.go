package kernel

import (
	"fmt"
	"math"
	"time"
)

// seconds writes how long something took: 0.04 s, 12.3 s, 3 min 20 s, 1 h 4 min.
func seconds(d time.Duration) string {
	s := max(d.Seconds(), 0)
	switch {
	case s < 0.995:
		return fmt.Sprintf("%.2f s", s)
	case s < 59.95:
		return fmt.Sprintf("%.1f s", s)
	case s < 3599.5:
		whole := int(math.Round(s))
		return fmt.Sprintf("%d min %d s", whole/60, whole%60)
	}
	minutes := int(math.Round(s / 60))
	return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
}

// ago writes how long something is past, in one unit.
func ago(d time.Duration) string {
	switch {
	case d < time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}

// clockText writes a remaining time like a clock: 0:03, 12:40, 1:02:03.
func clockText(d time.Duration) string {
	s := int(math.Ceil(max(d.Seconds(), 0)))
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// bytesText writes a size in the unit that leaves up to four digits.
func bytesText(n int64) string {
	unit, scale := byteUnit(n)
	if scale == 1 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.*f %s", digits(float64(n)/scale), float64(n)/scale, unit)
}

func byteUnit(n int64) (unit string, scale float64) {
	switch {
	case n < 1e3:
		return "B", 1
	case n < 1e6:
		return "kB", 1e3
	case n < 1e9:
		return "MB", 1e6
	}
	return "GB", 1e9
}

// digits after the point, for about three in all.
func digits(x float64) int {
	if x < 99.95 {
		return 1
	}
	return 0
}
