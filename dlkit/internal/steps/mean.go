package steps

// Mean makes mean, a row, the mean of rows at[i] of a table, whose rows are as
// long. With skipZero, row 0 does not count, and a mean of nothing is 0.
func Mean(mean, table []float32, at []int32, skipZero bool) {
	sumRows(mean, table, at, skipZero)
	scale(mean, share(at, skipZero))
}

// ScatterMean adds the gradient by the mean to those of the rows, and so is
// Mean's gradient. The row d is not kept.
func ScatterMean(table, d []float32, at []int32, skipZero bool) {
	size := len(d)
	scale(d, share(at, skipZero))
	for i, w := range at {
		if w == 0 && skipZero {
			continue
		}
		prefetchAhead(table, at, i, size)
		add(table[int(w)*size:int(w+1)*size], d)
	}
}

// share is what every row of a mean counts.
func share(at []int32, skipZero bool) float32 {
	n := len(at)
	if skipZero {
		for _, w := range at {
			if w == 0 {
				n--
			}
		}
	}
	return 1 / float32(max(n, 1))
}

func scale(row []float32, by float32) {
	for i := range row {
		row[i] *= by
	}
}

// sumRowsFrom is sumRows for the numbers of a row from the first on.
func sumRowsFrom(first int, sum, table []float32, at []int32, skipZero bool) {
	size := len(sum)
	clear(sum[first:])
	if first == size {
		return
	}
	for _, w := range at {
		if w != 0 || !skipZero {
			addTo(sum[first:], table[int(w)*size+first:int(w+1)*size])
		}
	}
}
