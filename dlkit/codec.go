package dlkit

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// tagged is a layer, loss, metric, optimizer or initializer in a file: its
// kind and its exported fields.
type tagged struct {
	Class  string          `json:"class"`
	Config json.RawMessage `json:"config,omitempty"`
}

// builtins are the kinds that Load knows by itself.
var builtins = []any{
	Activation{}, &DenseLayer{}, &FlattenLayer{}, &DropoutLayer{}, &MergeLayer{}, &ConcatenateLayer{},
	&Conv1DLayer{}, &Conv2DLayer{}, &DepthwiseConv2DLayer{}, &SeparableConv2DLayer{}, &Conv2DTransposeLayer{},
	&MaxPool1DLayer{}, &MaxPool2DLayer{}, &AvgPool1DLayer{}, &AvgPool2DLayer{},
	&GlobalMaxPool1DLayer{}, &GlobalMaxPool2DLayer{}, &GlobalAvgPool1DLayer{}, &GlobalAvgPool2DLayer{},
	&UpSampling1DLayer{}, &UpSampling2DLayer{}, &ZeroPadding1DLayer{}, &ZeroPadding2DLayer{}, &Cropping2DLayer{},
	&ReshapeLayer{}, &PermuteLayer{}, &RepeatVectorLayer{},
	&SpatialDropout1DLayer{}, &SpatialDropout2DLayer{}, &GaussianNoiseLayer{}, &PReLULayer{},
	&BatchNormalizationLayer{}, &LayerNormalizationLayer{}, &RMSNormalizationLayer{}, &GroupNormalizationLayer{}, &UnitNormalizationLayer{},
	&RescalingLayer{}, &NormalizationLayer{}, &RandomFlipLayer{}, &RandomCropLayer{},
	&RandomTranslationLayer{}, &RandomRotationLayer{}, &RandomZoomLayer{}, &RandomContrastLayer{}, &RandomBrightnessLayer{},
	&RandomErasingLayer{}, &CutoutLayer{},
	&EmbeddingLayer{}, &MaskingLayer{}, &SimpleRNNLayer{}, &LSTMLayer{}, &GRULayer{}, &BidirectionalLayer{}, &TimeDistributedLayer{},
	&MultiHeadAttentionLayer{}, &PositionEmbeddingLayer{}, &TokenAndPositionEmbeddingLayer{}, &SinePositionEncodingLayer{},
	&TransformerEncoderLayer{}, &DotLayer{},
	SparseCategoricalCrossEntropy{}, CategoricalCrossEntropy{}, BinaryCrossEntropy{},
	CategoricalFocalCrossEntropy{}, BinaryFocalCrossEntropy{}, KLDivergence{},
	MeanSquaredError{}, MeanAbsoluteError{}, MeanAbsolutePercentageError{}, MeanSquaredLogarithmicError{},
	Huber{}, LogCosh{}, Poisson{}, CosineSimilarity{}, Hinge{}, SquaredHinge{}, CategoricalHinge{},
	SGD{}, Adam{}, AdamW{}, Nadam{}, Adamax{}, Lion{}, RMSprop{}, Adagrad{}, Adadelta{},
	Accuracy{}, SparseCategoricalAccuracy{}, CategoricalAccuracy{}, BinaryAccuracy{},
	TopKCategoricalAccuracy{}, SparseTopKCategoricalAccuracy{}, Precision{}, Recall{}, F1Score{}, AUC{}, ConfusionMatrix{},
	TruePositives{}, FalsePositives{}, TrueNegatives{}, FalseNegatives{},
	RootMeanSquaredError{}, R2Score{}, LossMetric{}, RenamedMetric{},
	GlorotUniform{}, GlorotNormal{}, HeUniform{}, HeNormal{}, RandomUniform{}, RandomNormal{}, Constant{},
	Orthogonal{}, Identity{}, LecunUniform{}, LecunNormal{}, VarianceScaling{},
}

// kinds finds Go types by the class in a file.
type kinds map[string]reflect.Type

func newKinds(custom []any) kinds {
	k := kinds{}
	for _, v := range append(slices.Clone(builtins), custom...) {
		k[className(v)] = reflect.TypeOf(v)
	}
	return k
}

// encodeTagged writes a value with its kind. Fields that are interfaces, such
// as a layer's initializer, are written with their kind too.
func encodeTagged(v any) (*tagged, error) {
	if v == nil {
		return nil, nil
	}
	config, err := encodeConfig(reflect.ValueOf(v))
	if err != nil {
		return nil, fmt.Errorf("dlkit: %s cannot be saved: %w", className(v), err)
	}
	return &tagged{className(v), config}, nil
}

func encodeConfig(v reflect.Value) (json.RawMessage, error) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if _, isText := v.Interface().(encoding.TextMarshaler); isText || v.Kind() != reflect.Struct {
		return json.Marshal(v.Interface())
	}
	fields := map[string]json.RawMessage{}
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		field := v.FieldByIndex(f.Index)
		if field.IsZero() {
			continue
		}
		raw, err := encodeField(field)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		fields[f.Name] = raw
	}
	return json.Marshal(fields)
}

func encodeField(field reflect.Value) (json.RawMessage, error) {
	if field.Kind() != reflect.Interface {
		return json.Marshal(field.Interface())
	}
	t, err := encodeTagged(field.Interface())
	if err != nil {
		return nil, err
	}
	return json.Marshal(t)
}

// decodeTagged makes the value that encodeTagged wrote.
func (k kinds) decodeTagged(t *tagged) (any, error) {
	if t == nil {
		return nil, nil
	}
	typ, ok := k[t.Class]
	if !ok {
		return nil, fmt.Errorf("dlkit: the file has a %s, which is not of this package; hand Load a value of its type, such as Load(r, &%s{})", t.Class, t.Class)
	}
	elem := typ
	if typ.Kind() == reflect.Pointer {
		elem = typ.Elem()
	}
	v := reflect.New(elem)
	if err := k.decodeConfig(t.Config, v.Elem()); err != nil {
		return nil, fmt.Errorf("dlkit: the file's %s: %w", t.Class, err)
	}
	if typ.Kind() == reflect.Pointer {
		return v.Interface(), nil
	}
	return v.Elem().Interface(), nil
}

func (k kinds) decodeConfig(config json.RawMessage, v reflect.Value) error {
	if len(config) == 0 {
		return nil
	}
	if _, isText := v.Addr().Interface().(encoding.TextUnmarshaler); isText || v.Kind() != reflect.Struct {
		return json.Unmarshal(config, v.Addr().Interface())
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(config, &fields); err != nil {
		return err
	}
	for name, raw := range fields {
		f, ok := v.Type().FieldByName(name)
		if !ok || !f.IsExported() {
			return fmt.Errorf("it has a field %s that this version does not know", name)
		}
		if err := k.decodeField(raw, v.FieldByIndex(f.Index)); err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
	}
	return nil
}

func (k kinds) decodeField(raw json.RawMessage, field reflect.Value) error {
	if field.Kind() != reflect.Interface {
		return json.Unmarshal(raw, field.Addr().Interface())
	}
	var t tagged
	if err := json.Unmarshal(raw, &t); err != nil {
		return err
	}
	v, err := k.decodeTagged(&t)
	if err != nil {
		return err
	}
	if !reflect.TypeOf(v).Implements(field.Type()) {
		return fmt.Errorf("a %s cannot stand here", t.Class)
	}
	field.Set(reflect.ValueOf(v))
	return nil
}
