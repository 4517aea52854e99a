import { Field, ID, ObjectType } from 'type-graphql';
import type { Taste } from '../../models/personal/served.js';
import type { Snapshot } from '../data/snapshot.js';

@ObjectType({ description: 'Someone whose ratings a snapshot was trained on.' })
export class User {
  readonly snapshot: Snapshot;
  readonly taste: Taste;

  @Field(() => ID, { description: 'As the ratings have it.' })
  readonly id: number;

  constructor(snapshot: Snapshot, id: number, taste: Taste) {
    this.snapshot = snapshot;
    this.id = id;
    this.taste = taste;
  }
}
