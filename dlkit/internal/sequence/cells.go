package sequence

// The arithmetic of a step, for several examples. All rows have the given number
// of units, z four times as many; they lie one behind another, but for those of
// states, which lie ld apart.

// lstmForward makes of the arguments of the gates i, f, g and o in z their values,
// and of the cells before the new cells, tanh of them, and the outputs h.
func lstmForward(z, before, cell, bent, h []float32, ld, units, rows, further int) {
	if large() {
		n := rows * units
		_, _, _, _, _ = z[4*n-1], before[n-1], cell[n-1], bent[n-1], h[(rows-1)*ld+units-1]
		lstmForward512(&z[0], &before[0], &cell[0], &bent[0], &h[0], ld, units, rows, further)
		return
	}
	for r := range rows {
		at := r * units
		lstmForwardRow(z[4*at:][:4*units], before[at:], cell[at:], bent[at:], h[r*ld:][:units])
	}
}

// lstmBackward is the gradient of lstmForward. The gates in z become the
// gradients by their arguments, which are added to dbias, and dcell becomes that
// by the cells before.
func lstmBackward(z, before, bent, dh, dcell, dbias []float32, units, rows, further int) {
	if large() {
		n := rows * units
		_, _, _, _, _, _ = z[4*n-1], before[n-1], bent[n-1], dh[n-1], dcell[n-1], dbias[4*units-1]
		lstmBackward512(&z[0], &before[0], &bent[0], &dh[0], &dcell[0], &dbias[0], units, rows, further)
		return
	}
	for r := range rows {
		at := r * units
		gates := z[4*at:][:4*units]
		lstmBackwardRow(gates, before[at:], bent[at:], dh[at:][:units], dcell[at:])
		add(dbias, gates)
	}
}

// gruForward makes of what z holds, what the input gives for the candidate, the
// arguments of the gates z and r, and what the state gives for the candidate, the
// values of all but the last, and the outputs h. before are the states before.
func gruForward(z, before, h []float32, ld, units, rows, further int) {
	if large() {
		last := (rows-1)*ld + units - 1
		_, _, _ = z[4*rows*units-1], before[last], h[last]
		gruForward512(&z[0], &before[0], &h[0], ld, units, rows, further)
		return
	}
	for r := range rows {
		gruForwardRow(z[4*r*units:][:4*units], before[r*ld:], h[r*ld:][:units])
	}
}

// gruBackward is the gradient of gruForward. What is in z becomes the gradients
// by what was in it first, which are added to dbias; dbefore is the gradient by
// the states before, but for what goes through z.
func gruBackward(z, before []float32, ld int, dh, dbefore, dbias []float32, units, rows, further int) {
	if large() {
		n := rows * units
		_, _, _, _, _ = z[4*n-1], before[(rows-1)*ld+units-1], dh[n-1], dbefore[n-1], dbias[4*units-1]
		gruBackward512(&z[0], &before[0], ld, &dh[0], &dbefore[0], &dbias[0], units, rows, further)
		return
	}
	for r := range rows {
		at := r * units
		gates := z[4*at:][:4*units]
		gruBackwardRow(gates, before[r*ld:], dh[at:][:units], dbefore[at:])
		add(dbias, gates)
	}
}
