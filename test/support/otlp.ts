// The encoder is needed beside the decoder too, and nothing outside test/ may look into it.
export * from '../../collector/src/otlp/otlp-request.fixture.ts';
