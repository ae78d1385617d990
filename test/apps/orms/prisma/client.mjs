// Generated from schema.prisma by Prisma 7.10.0 (`internal/class.ts`), its types left out. It stands here because the program
// that generates it would add 250 MB to every install; the client itself needs no native engine.
import * as runtime from '@prisma/client/runtime/client';

const config = {
  previewFeatures: [],
  clientVersion: '7.10.0',
  engineVersion: '0edf323efd1d98336f3f0a68684b56f689b900d3',
  activeProvider: 'postgresql',
  inlineSchema:
    'generator client {\n  provider = "prisma-client"\n  output   = "../generated"\n}\n\ndatasource db {\n  provider = "postgresql"\n}\n\nmodel Order {\n  id       Int    @id\n  customer String\n  lines    Line[]\n\n  @@map("orders")\n}\n\nmodel Line {\n  id      Int    @id\n  orderId Int    @map("order_id")\n  product String\n  order   Order  @relation(fields: [orderId], references: [id])\n\n  @@map("order_lines")\n}\n',
  runtimeDataModel: {
    models: {},
    enums: {},
    types: {},
  },
  parameterizationSchema: {
    strings: [],
    graph: '',
  },
};
config.runtimeDataModel = JSON.parse(
  '{"models":{"Order":{"fields":[{"name":"id","kind":"scalar","type":"Int"},{"name":"customer","kind":"scalar","type":"String"},{"name":"lines","kind":"object","type":"Line","relationName":"LineToOrder"}],"dbName":"orders","schema":null},"Line":{"fields":[{"name":"id","kind":"scalar","type":"Int"},{"name":"orderId","kind":"scalar","type":"Int","dbName":"order_id"},{"name":"product","kind":"scalar","type":"String"},{"name":"order","kind":"object","type":"Order","relationName":"LineToOrder"}],"dbName":"order_lines","schema":null}},"enums":{},"types":{}}',
);
config.parameterizationSchema = {
  strings: JSON.parse(
    '["where","orderBy","cursor","order","lines","_count","Order.findUnique","Order.findUniqueOrThrow","Order.findFirst","Order.findFirstOrThrow","Order.findMany","data","Order.createOne","Order.createMany","Order.createManyAndReturn","Order.updateOne","Order.updateMany","Order.updateManyAndReturn","create","update","Order.upsertOne","Order.deleteOne","Order.deleteMany","having","_avg","_sum","_min","_max","Order.groupBy","Order.aggregate","Line.findUnique","Line.findUniqueOrThrow","Line.findFirst","Line.findFirstOrThrow","Line.findMany","Line.createOne","Line.createMany","Line.createManyAndReturn","Line.updateOne","Line.updateMany","Line.updateManyAndReturn","Line.upsertOne","Line.deleteOne","Line.deleteMany","Line.groupBy","Line.aggregate","AND","OR","NOT","id","orderId","product","equals","in","notIn","lt","lte","gt","gte","contains","startsWith","endsWith","not","customer","every","some","none","is","isNot","connectOrCreate","upsert","createMany","set","disconnect","delete","connect","updateMany","deleteMany","increment","decrement","multiply","divide"]',
  ),
  graph:
    'ZxYgBgQAAEEAIC4AAD4AMC8AAAkAEDAAAD4AMDECAAAAAT8BAEAAIQEAAAABACAHAwAAQwAgLgAAQgAwLwAAAwAQMAAAQgAwMQIAPwAhMgIAPwAhMwEAQAAhAQMAAGEAIAcDAABDACAuAABCADAvAAADABAwAABCADAxAgAAAAEyAgA_ACEzAQBAACEDAAAAAwAgAQAABAAwAgAABQAgAQAAAAMAIAEAAAABACAGBAAAQQAgLgAAPgAwLwAACQAQMAAAPgAwMQIAPwAhPwEAQAAhAQQAAGAAIAMAAAAJACABAAAKADACAAABACADAAAACQAgAQAACgAwAgAAAQAgAwAAAAkAIAEAAAoAMAIAAAEAIAMEAABfACAxAgAAAAE_AQAAAAEBCwAADgAgAjECAAAAAT8BAAAAAQELAAAQADABCwAAEAAwAwQAAFIAIDECAEkAIT8BAEoAIQIAAAABACALAAATACACMQIASQAhPwEASgAhAgAAAAkAIAsAABUAIAIAAAAJACALAAAVACADAAAAAQAgEgAADgAgEwAAEwAgAQAAAAEAIAEAAAAJACAFBQAATQAgGAAATgAgGQAAUQAgGgAAUAAgGwAATwAgBS4AAD0AMC8AABwAEDAAAD0AMDECADYAIT8BADcAIQMAAAAJACABAAAbADAXAAAcACADAAAACQAgAQAACgAwAgAAAQAgAQAAAAUAIAEAAAAFACADAAAAAwAgAQAABAAwAgAABQAgAwAAAAMAIAEAAAQAMAIAAAUAIAMAAAADACABAAAEADACAAAFACAEAwAATAAgMQIAAAABMgIAAAABMwEAAAABAQsAACQAIAMxAgAAAAEyAgAAAAEzAQAAAAEBCwAAJgAwAQsAACYAMAQDAABLACAxAgBJACEyAgBJACEzAQBKACECAAAABQAgCwAAKQAgAzECAEkAITICAEkAITMBAEoAIQIAAAADACALAAArACACAAAAAwAgCwAAKwAgAwAAAAUAIBIAACQAIBMAACkAIAEAAAAFACABAAAAAwAgBQUAAEQAIBgAAEUAIBkAAEgAIBoAAEcAIBsAAEYAIAYuAAA1ADAvAAAyABAwAAA1ADAxAgA2ACEyAgA2ACEzAQA3ACEDAAAAAwAgAQAAMQAwFwAAMgAgAwAAAAMAIAEAAAQAMAIAAAUAIAYuAAA1ADAvAAAyABAwAAA1ADAxAgA2ACEyAgA2ACEzAQA3ACENBQAAOQAgGAAAPAAgGQAAOQAgGgAAOQAgGwAAOQAgNAIAAAABNQIAAAAENgIAAAAENwIAAAABOAIAAAABOQIAAAABOgIAAAABPgIAOwAhDgUAADkAIBoAADoAIBsAADoAIDQBAAAAATUBAAAABDYBAAAABDcBAAAAATgBAAAAATkBAAAAAToBAAAAATsBAAAAATwBAAAAAT0BAAAAAT4BADgAIQ4FAAA5ACAaAAA6ACAbAAA6ACA0AQAAAAE1AQAAAAQ2AQAAAAQ3AQAAAAE4AQAAAAE5AQAAAAE6AQAAAAE7AQAAAAE8AQAAAAE9AQAAAAE-AQA4ACEINAIAAAABNQIAAAAENgIAAAAENwIAAAABOAIAAAABOQIAAAABOgIAAAABPgIAOQAhCzQBAAAAATUBAAAABDYBAAAABDcBAAAAATgBAAAAATkBAAAAAToBAAAAATsBAAAAATwBAAAAAT0BAAAAAT4BADoAIQ0FAAA5ACAYAAA8ACAZAAA5ACAaAAA5ACAbAAA5ACA0AgAAAAE1AgAAAAQ2AgAAAAQ3AgAAAAE4AgAAAAE5AgAAAAE6AgAAAAE-AgA7ACEINAgAAAABNQgAAAAENggAAAAENwgAAAABOAgAAAABOQgAAAABOggAAAABPggAPAAhBS4AAD0AMC8AABwAEDAAAD0AMDECADYAIT8BADcAIQYEAABBACAuAAA-ADAvAAAJABAwAAA-ADAxAgA_ACE_AQBAACEINAIAAAABNQIAAAAENgIAAAAENwIAAAABOAIAAAABOQIAAAABOgIAAAABPgIAOQAhCzQBAAAAATUBAAAABDYBAAAABDcBAAAAATgBAAAAATkBAAAAAToBAAAAATsBAAAAATwBAAAAAT0BAAAAAT4BADoAIQNAAAADACBBAAADACBCAAADACAHAwAAQwAgLgAAQgAwLwAAAwAQMAAAQgAwMQIAPwAhMgIAPwAhMwEAQAAhCAQAAEEAIC4AAD4AMC8AAAkAEDAAAD4AMDECAD8AIT8BAEAAIUMAAAkAIEQAAAkAIAAAAAAABUgCAAAAAU4CAAAAAU8CAAAAAVACAAAAAVECAAAAAQFIAQAAAAEFEgAAYwAgEwAAZgAgRQAAZAAgRgAAZQAgSwAAAQAgAxIAAGMAIEUAAGQAIEsAAAEAIAAAAAAACxIAAFMAMBMAAFgAMEUAAFQAMEYAAFUAMEcAAFYAIEgAAFcAMEkAAFcAMEoAAFcAMEsAAFcAMEwAAFkAME0AAFoAMAIxAgAAAAEzAQAAAAECAAAABQAgEgAAXgAgAwAAAAUAIBIAAF4AIBMAAF0AIAELAABiADAHAwAAQwAgLgAAQgAwLwAAAwAQMAAAQgAwMQIAAAABMgIAPwAhMwEAQAAhAgAAAAUAIAsAAF0AIAIAAABbACALAABcACAGLgAAWgAwLwAAWwAQMAAAWgAwMQIAPwAhMgIAPwAhMwEAQAAhBi4AAFoAMC8AAFsAEDAAAFoAMDECAD8AITICAD8AITMBAEAAIQIxAgBJACEzAQBKACECMQIASQAhMwEASgAhAjECAAAAATMBAAAAAQQSAABTADBFAABUADBHAABWACBLAABXADAAAQQAAGAAIAIxAgAAAAEzAQAAAAECMQIAAAABPwEAAAABAgAAAAEAIBIAAGMAIAMAAAAJACASAABjACATAABnACAEAAAACQAgCwAAZwAgMQIASQAhPwEASgAhAjECAEkAIT8BAEoAIQIEBgIFAAMBAwABAQQHAAAAAAUFAAgYAAkZAAoaAAsbAAwAAAAAAAUFAAgYAAkZAAoaAAsbAAwBAwABAQMAAQUFABEYABIZABMaABQbABUAAAAAAAUFABEYABIZABMaABQbABUGAgEHCAEICwEJDAEKDQEMDwENEQQOEgUPFAEQFgQRFwYUGAEVGQEWGgQcHQcdHg0eHwIfIAIgIQIhIgIiIwIjJQIkJwQlKA4mKgInLAQoLQ8pLgIqLwIrMAQsMxAtNBY',
};
async function decodeBase64AsWasm(wasmBase64) {
  const { Buffer } = await import('node:buffer');
  const wasmArray = Buffer.from(wasmBase64, 'base64');
  return new WebAssembly.Module(wasmArray);
}
config.compilerWasm = {
  getRuntime: async () => await import('@prisma/client/runtime/query_compiler_fast_bg.postgresql.mjs'),
  getQueryCompilerWasmModule: async () => {
    const { wasm } = await import('@prisma/client/runtime/query_compiler_fast_bg.postgresql.wasm-base64.mjs');
    return await decodeBase64AsWasm(wasm);
  },
  importName: './query_compiler_fast_bg.js',
};
export function getPrismaClientClass() {
  return runtime.getPrismaClient(config);
}
