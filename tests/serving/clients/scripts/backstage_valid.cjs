// @backstage/catalog-model on entities: what its validators and its policies say of each, and the references that it reads.
const model = require("@backstage/catalog-model");

const validators = {
  Component: model.componentEntityV1alpha1Validator,
  API: model.apiEntityV1alpha1Validator,
  Resource: model.resourceEntityV1alpha1Validator,
};
const policy = model.EntityPolicies.allOf([
  new model.DefaultNamespaceEntityPolicy(),
  new model.SchemaValidEntityPolicy(),
  new model.FieldFormatEntityPolicy(),
  new model.NoForeignRootFieldsEntityPolicy(),
]);

async function told(entity) {
  try {
    if (!(await validators[entity.kind].check(entity))) return { wrong: "another kind" };
    const made = await policy.enforce(entity);
    const spec = entity.spec;
    const references = [spec.owner, ...(spec.dependsOn ?? [])].map((one) => model.parseEntityRef(one, { defaultNamespace: "default" }));
    return { wrong: "", name: model.stringifyEntityRef(made), references: references.map(model.stringifyEntityRef) };
  } catch (error) {
    return { wrong: String(error) };
  }
}

const entities = JSON.parse(require("fs").readFileSync(0, "utf-8"));
Promise.all(entities.map(told)).then((all) => console.log(JSON.stringify(all)));
